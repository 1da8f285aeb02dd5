namespace StereoSpike.Files;

/// <summary>The element types of NumPy arrays that are read and written, little endian, named as NumPy spells them.</summary>
public enum NpyType
{
    /// <summary>One byte, 0 or 1: <c>|b1</c>.</summary>
    B1,

    /// <summary>Signed, 1 byte: <c>|i1</c>.</summary>
    I1,

    /// <summary>Signed, 2 bytes: <c>&lt;i2</c>.</summary>
    I2,

    /// <summary>Signed, 4 bytes: <c>&lt;i4</c>.</summary>
    I4,

    /// <summary>Signed, 8 bytes: <c>&lt;i8</c>.</summary>
    I8,

    /// <summary>Unsigned, 1 byte: <c>|u1</c>.</summary>
    U1,

    /// <summary>Unsigned, 2 bytes: <c>&lt;u2</c>.</summary>
    U2,

    /// <summary>Unsigned, 4 bytes: <c>&lt;u4</c>.</summary>
    U4,

    /// <summary>Unsigned, 8 bytes: <c>&lt;u8</c>.</summary>
    U8,

    /// <summary>IEEE 754, 4 bytes: <c>&lt;f4</c>.</summary>
    F4,

    /// <summary>IEEE 754, 8 bytes: <c>&lt;f8</c>.</summary>
    F8,
}
