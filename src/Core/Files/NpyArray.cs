using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StereoSpike.Files;

/// <summary>A NumPy array as a file holds it: a shape, an element type and the elements in C order, the last axis running fastest.</summary>
/// <remarks>A shape without axes is a scalar: one element.</remarks>
public sealed class NpyArray
{
    private readonly byte[] _bytes;

    internal NpyArray(string source, NpyType type, int[] shape, byte[] bytes)
    {
        Source = source;
        Type = type;
        Shape = shape;
        _bytes = bytes;
        Length = bytes.Length / NpyFormat.Size(type);
    }

    /// <summary>What messages call it: the file and the array's name in it.</summary>
    public string Source { get; }

    /// <summary>The elements' type.</summary>
    public NpyType Type { get; }

    /// <summary>Elements along each axis, outermost first; empty for a scalar.</summary>
    public int[] Shape { get; }

    /// <summary>Number of elements: the product of the shape, 1 for a scalar.</summary>
    public int Length { get; }

    /// <summary>The elements' bytes, little endian, in C order.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Makes an array of values, which are copied.</summary>
    /// <typeparam name="T"><see cref="bool"/>, an integer of 8 to 64 bits, <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="values">The elements in C order.</param>
    /// <param name="shape">Elements along each axis; none for a scalar.</param>
    /// <exception cref="ArgumentException">The values do not fill the shape, or the type has no counterpart.</exception>
    public static NpyArray From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        long count = 1;
        foreach (int side in shape)
        {
            count = checked(count * Guard.AtLeast(side, 0, nameof(shape)));
        }

        if (count != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape {NpyFormat.Describe(shape)}.", nameof(values));
        }

        return new NpyArray("array", NpyFormat.TypeOf<T>(), shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{int})"/>
    public static NpyArray From<T>(T[] values, params ReadOnlySpan<int> shape)
        where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>Copies the elements out as float32, rounding what float32 cannot hold; true is 1.</summary>
    public float[] ToSingles() => Convert<float>();

    /// <summary>Copies the elements out as float64, rounding 64-bit integers beyond 2⁵³; true is 1.</summary>
    public double[] ToDoubles() => Convert<double>();

    /// <summary>Copies the elements out as integers, exactly; true is 1.</summary>
    /// <exception cref="InvalidDataException">An element has a fraction, is not a number or exceeds 64 signed bits.</exception>
    public long[] ToInt64s()
    {
        if (Type is NpyType.F4 or NpyType.F8)
        {
            return WholeNumbers(ToDoubles());
        }

        if (Type == NpyType.U8)
        {
            CheckFitsInt64(As<ulong>());
        }

        return Convert<long>();
    }

    private ReadOnlySpan<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(_bytes);

    private T[] Convert<T>()
        where T : unmanaged, INumberBase<T> => Type switch
        {
            NpyType.B1 or NpyType.U1 => Convert<byte, T>(As<byte>()),
            NpyType.I1 => Convert<sbyte, T>(As<sbyte>()),
            NpyType.I2 => Convert<short, T>(As<short>()),
            NpyType.I4 => Convert<int, T>(As<int>()),
            NpyType.I8 => Convert<long, T>(As<long>()),
            NpyType.U2 => Convert<ushort, T>(As<ushort>()),
            NpyType.U4 => Convert<uint, T>(As<uint>()),
            NpyType.U8 => Convert<ulong, T>(As<ulong>()),
            NpyType.F4 => Convert<float, T>(As<float>()),
            NpyType.F8 => Convert<double, T>(As<double>()),
            _ => throw new InvalidOperationException($"{Type} has no conversion."),
        };

    private static TTo[] Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        if (typeof(TFrom) == typeof(TTo))
        {
            return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<TFrom, TTo>(ref MemoryMarshal.GetReference(from)), from.Length).ToArray();
        }

        var to = new TTo[from.Length];
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = TTo.CreateTruncating(from[i]);   // the callers have checked what could not fit
        }

        return to;
    }

    private long[] WholeNumbers(double[] values)
    {
        const double limit = 9223372036854775808.0;   // 2⁶³, the first double that does not fit
        var whole = new long[values.Length];
        for (int i = 0; i < whole.Length; i++)
        {
            double value = values[i];
            if (!(value >= -limit && value < limit) || Math.Floor(value) != value)
            {
                throw BadFile.Error(Source, $"element {i}", $"is {value:R} where a whole number of 64 bits is needed", "Save the array as integers.");
            }

            whole[i] = (long)value;
        }

        return whole;
    }

    private void CheckFitsInt64(ReadOnlySpan<ulong> values)
    {
        int first = values.IndexOfAnyExceptInRange(0UL, (ulong)long.MaxValue);
        if (first >= 0)
        {
            throw BadFile.Error(Source, $"element {first}", $"is {values[first]} where at most {long.MaxValue} is allowed", "Save the array as int64.");
        }
    }
}
