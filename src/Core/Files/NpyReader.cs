using System.Numerics;
using System.Runtime.InteropServices;

namespace StereoSpike.Files;

/// <summary>Reads a NumPy array row by row in memory that does not grow with its length: [E], [E, columns], or [E] of records with named fields.</summary>
public sealed class NpyReader : IDisposable
{
    private readonly Stream _stream;
    private readonly string _source;
    private byte[] _rows = [];
    private long _read;

    /// <summary>Opens an array.</summary>
    /// <param name="stream">At its beginning; disposed with the reader.</param>
    /// <param name="length">Bytes of the array with its header.</param>
    /// <param name="source">File and array, for messages.</param>
    /// <exception cref="InvalidDataException">It is no npy array, has another shape, or is shorter or longer than it says.</exception>
    public NpyReader(Stream stream, long length, string source)
    {
        _stream = stream;
        _source = source;
        (string header, long left) = NpyFormat.ReadHeader(stream, length, source);
        (Fields, int recordBytes, int[] shape) = NpyFormat.ParseFields(header, source);
        if (shape.Length is not (1 or 2) || (shape.Length == 2 && (Fields[0].Name.Length > 0 || shape[1] is < 1 or > MostColumns)))
        {
            throw BadFile.Error(source, "header", $"has the shape {NpyFormat.Describe(shape)} where (E,) or (E, columns) is needed", "Save the events as rows.");
        }

        Columns = shape.Length == 2 ? shape[1] : 1;
        Rows = shape[0];
        RowBytes = Columns * recordBytes;
        NpyFormat.CheckLength(Rows * RowBytes, left, shape, $"{recordBytes}-byte elements", source);
    }

    /// <summary>The most columns of a row.</summary>
    public const int MostColumns = 1024;

    /// <summary>The fields of a record; one without a name where the array is plain.</summary>
    public IReadOnlyList<NpyField> Fields { get; }

    /// <summary>Elements of a row; 1 for records.</summary>
    public int Columns { get; }

    /// <summary>E.</summary>
    public long Rows { get; }

    /// <summary>Bytes of a row.</summary>
    public int RowBytes { get; }

    /// <summary>Reads the next rows, which <see cref="Column{T}"/> then takes apart.</summary>
    /// <param name="most">How many, at most.</param>
    /// <returns>How many there were; 0 only at the end.</returns>
    /// <exception cref="InvalidDataException">The file is cut short or its compression damaged.</exception>
    public int Read(int most)
    {
        int rows = (int)Math.Min(most, Rows - _read);
        if (_rows.Length < rows * RowBytes)
        {
            _rows = new byte[rows * RowBytes];
        }

        try
        {
            _stream.ReadExactly(_rows, 0, rows * RowBytes);
        }
        catch (Exception cause) when (cause is EndOfStreamException or InvalidDataException)
        {
            throw BadFile.Error(_source, $"row {_read} and on", "cannot be read", "The file is cut short or damaged; fetch or save it again.", cause);
        }

        _read += rows;
        return rows;
    }

    /// <summary>One column of the rows read last.</summary>
    /// <typeparam name="T">What values become: <see cref="long"/>, to which fractions are cut and what does not fit is held, or <see cref="double"/>.</typeparam>
    /// <param name="type">What the column holds.</param>
    /// <param name="offset">Where it begins in a row, bytes.</param>
    /// <param name="values">Receives them, one a row.</param>
    public void Column<T>(NpyType type, int offset, Span<T> values)
        where T : unmanaged, INumber<T>
    {
        switch (type)
        {
            case NpyType.I1: Take<sbyte, T>(offset, values); break;
            case NpyType.I2: Take<short, T>(offset, values); break;
            case NpyType.I4: Take<int, T>(offset, values); break;
            case NpyType.I8: Take<long, T>(offset, values); break;
            case NpyType.U2: Take<ushort, T>(offset, values); break;
            case NpyType.U4: Take<uint, T>(offset, values); break;
            case NpyType.U8: Take<ulong, T>(offset, values); break;
            case NpyType.F4: Take<float, T>(offset, values); break;
            case NpyType.F8: Take<double, T>(offset, values); break;
            default: Take<byte, T>(offset, values); break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void Take<TFrom, TTo>(int offset, Span<TTo> values)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = TTo.CreateSaturating(MemoryMarshal.Read<TFrom>(_rows.AsSpan((i * RowBytes) + offset)));
        }
    }
}
