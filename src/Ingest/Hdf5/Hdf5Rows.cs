using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PureHDF;
using PureHDF.Selections;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>A dataset read by rows, one for each index of its first dimension: straight from the mapped file where it lies in one piece; by whole chunks, unpacked ahead on other threads, where it is chunked.</summary>
/// <typeparam name="T">What an element is.</typeparam>
/// <remarks>Where a dataset lies is <see cref="Hdf5Structure"/>'s answer. It is checked: the first and the last element must be what the library reads there.
/// If not, or where the layout is none that it knows, all rows are read through the library: slower, never wrong.</remarks>
internal sealed class Hdf5Rows<T> : IDisposable
    where T : unmanaged
{
    private const long LargestBlock = 256L << 20;   // bytes unpacked at once
    private const long MostKept = 16L << 20;   // bytes of unpacked blocks that stay at hand
    private const int BlockBytes = 256 << 10;   // four columns with what is unpacked ahead stay in the cache, and few pages are touched for the first time
    private const int BlocksAhead = 2;
    private readonly Hdf5File _file;
    private readonly IH5Dataset _dataset;
    private readonly string _name;
    private readonly int[] _rowShape;
    private readonly int _blockRows;
    private readonly int _blocksAhead;
    private readonly StoredGrid? _grid;
    private readonly Dictionary<long, Task<T[]>> _blocks = [];
    private readonly Queue<long> _oldest = [];
    private readonly Stack<T[]> _spare = [];
    private long _lastBlock = -1;

    /// <summary>Opens a dataset.</summary>
    /// <param name="file">The file; it must outlive the rows.</param>
    /// <param name="name">The dataset's name.</param>
    /// <param name="rowShape">Length of each further dimension; none where it has one dimension.</param>
    /// <exception cref="InvalidDataException">It is missing, of another shape or type, or chunked beyond all reason.</exception>
    public Hdf5Rows(Hdf5File file, string name, params int[] rowShape)
    {
        _file = file;
        _name = name;
        _dataset = file.Dataset(name);
        _rowShape = rowShape;
        Columns = rowShape.Aggregate(1, (product, length) => checked(product * length));
        (ulong[] shape, bool fits) = file.Guarded(name, () => (_dataset.Space.Dimensions, Hdf5Element<T>.Fits(_dataset.Type)));
        if (shape.Length != 1 + rowShape.Length || !shape.Skip(1).SequenceEqual(rowShape.Select(length => (ulong)length)) || shape[0] > long.MaxValue / 64 || !fits)
        {
            throw file.Misshapen(name, _dataset, $"[{string.Join(", ", rowShape.Select(length => length.ToString(CultureInfo.InvariantCulture)).Prepend("E"))}] of {Hdf5Element<T>.Name}");
        }

        Count = (long)shape[0];
        _blockRows = BlockRows();
        _blocksAhead = (BlocksAhead + 2L) * _blockRows * RowBytes <= MostKept ? BlocksAhead : 0;
        if (Count > 0 && file.Structure.Find(name) is { } stored)
        {
            Offset = stored.ContiguousAddress >= 0 && stored.Filters.Length == 0 && AgreesAt(stored.ContiguousAddress) ? stored.ContiguousAddress : -1;
            _grid = StoredGrid.Make(stored, [Count, .. rowShape]) is { } grid && AgreesWith(grid) ? grid : null;
        }
    }

    /// <summary>Number of rows.</summary>
    public long Count { get; }

    /// <summary>Elements of a row.</summary>
    public int Columns { get; }

    /// <summary>Whether rows are read straight from the mapped file.</summary>
    public bool IsMapped => Offset >= 0;

    /// <summary>Where the first element lies in the file, bytes; −1 unless mapped.</summary>
    public long Offset { get; } = -1;

    private long RowBytes => (long)Columns * Unsafe.SizeOf<T>();

    /// <summary>Rows from one on: as many as lie at hand, at least one and at most <paramref name="most"/>. Valid until the next call.</summary>
    /// <param name="first">First row, 0-based; must exist.</param>
    /// <param name="most">Rows wanted, at least 1.</param>
    /// <returns>Row after row, shape [rows, columns].</returns>
    /// <exception cref="InvalidDataException">The file is damaged there.</exception>
    public ReadOnlySpan<T> At(long first, int most)
    {
        if (IsMapped)
        {
            int rows = (int)Math.Min(Math.Min(most, Count - first), int.MaxValue / RowBytes);
            return _file.Mapped.Values<T>(Offset + (first * RowBytes), rows * Columns);
        }

        long block = first / _blockRows;
        int at = (int)(first % _blockRows);
        int length = (int)Math.Min(Math.Min(most, _blockRows - at), Count - first);
        return Block(block).AsSpan(at * Columns, length * Columns);
    }

    public void Dispose() =>
        ((Task)Task.WhenAll(_blocks.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();   // what they read goes away next; their errors were of blocks that nobody asked for

    private int BlockRows()
    {
        long usual = Math.Max(1, BlockBytes / RowBytes);
        ulong[]? chunks = _file.Guarded(_name, () => _dataset.Layout.Class == H5DataLayoutClass.Chunked ? _dataset.Layout.Chunks : null);
        if (chunks is null)
        {
            return (int)usual;
        }

        long rows = (long)Math.Min(chunks.FirstOrDefault(), long.MaxValue / 64);
        if (rows < 1 || rows > LargestBlock / RowBytes || chunks.Aggregate((double)Unsafe.SizeOf<T>(), (bytes, side) => bytes * side) > LargestBlock)
        {
            throw BadFile.Error(_file.Path, _name, $"has chunks of [{string.Join(", ", chunks)}] elements; at most {LargestBlock >> 20} MiB of rows are unpacked at once", "Write it again with smaller chunks, or contiguous (stereospike convert does).");
        }

        // Whole chunks, several of the small ones at once.
        return (int)(rows * Math.Max(1, usual / rows));
    }

    /// <summary>The block of that number: kept, or unpacked now. Where blocks are read one after another, the next are begun at the same time.</summary>
    private T[] Block(long number)
    {
        bool oneAfterAnother = number == _lastBlock + 1;
        if (oneAfterAnother || !_blocks.ContainsKey(number))
        {
            long last = Math.Min(number + (oneAfterAnother && _grid is not null ? _blocksAhead : 0), (Count - 1) / _blockRows);
            DropOldest(last - number + 1);
            for (long wanted = number; wanted <= last; wanted++)
            {
                Begin(wanted);
            }
        }

        _lastBlock = number;
        return _blocks[number].GetAwaiter().GetResult();
    }

    private void Begin(long number)
    {
        if (_blocks.ContainsKey(number))
        {
            return;
        }

        T[] values = _spare.TryPop(out T[]? spare) ? spare : new T[(long)_blockRows * Columns];
        long first = number * _blockRows;
        _blocks[number] = _grid is { } grid
            ? Task.Run(() => Unpack(grid, first, values))
            : Task.FromResult(ThroughLibrary(first, values));
        _oldest.Enqueue(number);
    }

    /// <summary>Makes room for blocks, keeping what their number allows; the arrays are used again.</summary>
    private void DropOldest(long room)
    {
        while (_oldest.Count > 0 && (_oldest.Count + room) * _blockRows * RowBytes > MostKept)
        {
            Task<T[]> dropped = _blocks[_oldest.Peek()];
            _blocks.Remove(_oldest.Dequeue());
            if (dropped.IsCompletedSuccessfully)
            {
                _spare.Push(dropped.Result);
            }
        }
    }

    private T[] Unpack(StoredGrid grid, long first, T[] values)
    {
        grid.Unpack(_file, _name, first, values);
        return values;
    }

    private T[] ThroughLibrary(long first, T[] values)
    {
        ulong rows = (ulong)Math.Min(_blockRows, Count - first);
        T[] read = _file.Guarded(_name, () => _dataset.Read<T[]>(new HyperslabSelection(
            1 + _rowShape.Length, [(ulong)first, .. _rowShape.Select(_ => 0UL)], [rows, .. _rowShape.Select(length => (ulong)length)])));
        read.CopyTo(values, 0);
        return values;
    }

    private bool AgreesAt(long offset) =>
        _file.Mapped.Holds(offset, Count * RowBytes)
        && Same(_file.Mapped.Values<T>(offset, 1)[0], Element(0, last: false))
        && Same(_file.Mapped.Values<T>(offset + (Count * RowBytes) - Unsafe.SizeOf<T>(), 1)[0], Element(Count - 1, last: true));

    private bool AgreesWith(StoredGrid grid)
    {
        if (grid.FirstIsMasked)   // the library reads such chunks wrong, so it is no judge
        {
            return true;
        }

        var values = new T[(long)grid.ChunkRows * Columns];
        grid.Unpack(_file, _name, 0, values);
        return Same(values[0], Element(0, last: false));
    }

    private static bool Same(T mine, T library) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in mine)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in library)));   // NaN too

    /// <summary>The first or last element of a row, as the library reads it.</summary>
    private T Element(long row, bool last)
    {
        ulong[] starts = [(ulong)row, .. _rowShape.Select(length => last ? (ulong)length - 1 : 0)];
        return _file.Guarded(_name, () => _dataset.Read<T[]>(new HyperslabSelection(starts.Length, starts, [.. starts.Select(_ => 1UL)])))[0];
    }
}
