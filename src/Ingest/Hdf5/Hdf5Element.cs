using PureHDF;

namespace StereoSpike.Ingest;

/// <summary>Whether a dataset's elements are those of a .NET type, bit by bit.</summary>
internal static class Hdf5Element<T>
    where T : unmanaged
{
    private static readonly bool Floating = typeof(T) == typeof(double) || typeof(T) == typeof(float);
    private static readonly bool Signed = typeof(T) == typeof(long) || typeof(T) == typeof(int) || typeof(T) == typeof(short) || typeof(T) == typeof(sbyte);

    /// <summary>What messages call it.</summary>
    public static unsafe string Name => $"{(Floating ? "float" : Signed ? "int" : "uint")}{8 * sizeof(T)}";

    /// <summary>Whether an HDF5 type is this one.</summary>
    public static unsafe bool Fits(IH5DataType type) => type.Size == sizeof(T) && (Floating
        ? type.Class == H5DataTypeClass.FloatingPoint
        : type.Class == H5DataTypeClass.FixedPoint ? type.FixedPoint.IsSigned == Signed
        : type.Class == H5DataTypeClass.Enumerated && typeof(T) == typeof(sbyte));   // how h5py keeps booleans
}
