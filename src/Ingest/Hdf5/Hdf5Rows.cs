using System.IO.MemoryMappedFiles;
using PureHDF;
using PureHDF.Selections;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>A two-dimensional float64 dataset, read by rows: mapped into memory where it lies in one piece, by whole chunks where it is chunked.</summary>
/// <remarks>The library reads contiguous rows one by one, at a two-hundredth of the mapped speed. Where a dataset lies is found by reading its first and last
/// element and looking where the file was touched; if what stands there is not what was read, rows are read through the library after all.</remarks>
internal sealed unsafe class Hdf5Rows : IDisposable
{
    private const long LargestBlock = 256L << 20;   // bytes decoded at once
    private const long MostKept = 16L << 20;   // bytes of decoded blocks that stay at hand: a window is searched at both ends before it is read
    private const int UnmappedBlockRows = 1 << 16;
    private readonly Hdf5File _file;
    private readonly IH5Dataset _dataset;
    private readonly string _name;
    private readonly int _blockRows;
    private MemoryMappedFile? _map;
    private MemoryMappedViewAccessor? _view;
    private double* _mapped;
    private readonly Queue<(long First, double[] Values)> _blocks = [];

    /// <summary>Opens a dataset.</summary>
    /// <param name="file">The file; it must outlive the rows.</param>
    /// <param name="name">The dataset's name.</param>
    /// <param name="columns">Columns it must have.</param>
    /// <exception cref="InvalidDataException">It is missing, of another shape or type, or chunked beyond all reason.</exception>
    public Hdf5Rows(Hdf5File file, string name, int columns)
    {
        _file = file;
        _name = name;
        _dataset = file.Dataset(name);
        ulong[] shape = _dataset.Space.Dimensions;
        if (shape.Length != 2 || shape[1] != (ulong)columns || shape[0] > long.MaxValue / 64 || _dataset.Type.Class != H5DataTypeClass.FloatingPoint || _dataset.Type.Size != sizeof(double))
        {
            throw file.Misshapen(name, _dataset, $"[E, {columns}] of float64");
        }

        Count = (long)shape[0];
        Columns = columns;
        _blockRows = BlockRows();
        if (Count > 0 && _dataset.Layout.Class == H5DataLayoutClass.Contiguous)
        {
            Map();
        }
    }

    /// <summary>Number of rows.</summary>
    public long Count { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Whether rows are read straight from the mapped file.</summary>
    public bool IsMapped => _mapped != null;

    /// <summary>Where the first element lies in the file, bytes; −1 unless mapped.</summary>
    public long Offset { get; private set; } = -1;

    /// <summary>Rows from one on: as many as lie at hand, at least one and at most <paramref name="most"/>. Valid until the next call.</summary>
    /// <param name="first">First row, 0-based; must exist.</param>
    /// <param name="most">Rows wanted, at least 1.</param>
    /// <returns>Row after row, shape [rows, columns].</returns>
    public ReadOnlySpan<double> At(long first, int most)
    {
        if (_mapped != null)
        {
            int rows = (int)Math.Min(Math.Min(most, Count - first), int.MaxValue / Columns);
            return new ReadOnlySpan<double>(_mapped + (first * Columns), rows * Columns);
        }

        long blockFirst = first / _blockRows * _blockRows;
        double[] block = Block(blockFirst);
        int at = (int)(first - blockFirst) * Columns;
        return block.AsSpan(at, Math.Min(most * Columns, block.Length - at));
    }

    public void Dispose()
    {
        if (_mapped != null)
        {
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
            _mapped = null;
        }

        _view?.Dispose();
        _map?.Dispose();
    }

    private int BlockRows()
    {
        if (_dataset.Layout.Class != H5DataLayoutClass.Chunked)
        {
            return UnmappedBlockRows;
        }

        long rows = (long)Math.Min(_dataset.Layout.Chunks[0], long.MaxValue / 64);
        if (rows < 1 || rows * Columns * sizeof(double) > LargestBlock)
        {
            throw BadFile.Error(_file.Path, _name, $"has chunks of {rows} rows; at most {LargestBlock / sizeof(double) / Columns} are taken", "Write it again with smaller chunks, or contiguous (stereospike convert does).");
        }

        // Whole chunks, several of the small ones at once.
        return (int)(rows * Math.Max(1, UnmappedBlockRows / rows));
    }

    /// <summary>The block that starts at a row: kept, or decoded now in place of the oldest.</summary>
    private double[] Block(long first)
    {
        foreach ((long kept, double[] values) in _blocks)
        {
            if (kept == first)
            {
                return values;
            }
        }

        while (_blocks.Count > 0 && (_blocks.Count + 1L) * _blockRows * Columns * sizeof(double) > MostKept)
        {
            _blocks.Dequeue();
        }

        ulong rows = (ulong)Math.Min(_blockRows, Count - first);
        double[] read = _file.Guarded(_name, () => _dataset.Read<double[]>(new HyperslabSelection(2, [(ulong)first, 0], [rows, (ulong)Columns])));
        _blocks.Enqueue((first, read));
        return read;
    }

    private void Map()
    {
        double firstValue = Element(0, 0);
        long offset = _file.LastReadPosition;
        double lastValue = Element(Count - 1, Columns - 1);
        long bytes = Count * Columns * sizeof(double);
        if (offset < 0 || offset + bytes > _file.Length || _file.LastReadPosition != offset + bytes - sizeof(double))
        {
            return;
        }

        _map = MemoryMappedFile.CreateFromFile(File.OpenHandle(_file.Path), null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        var values = (double*)(start + offset);
        bool agrees = BitConverter.DoubleToInt64Bits(firstValue) == *(long*)values
            && BitConverter.DoubleToInt64Bits(lastValue) == ((long*)values)[(Count * Columns) - 1];
        if (agrees)   // need not lie at a multiple of 8: x64 and arm64 read doubles from anywhere
        {
            _mapped = values;
            Offset = offset;
        }
        else
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private double Element(long row, int column) =>
        _file.Guarded(_name, () => _dataset.Read<double[]>(new HyperslabSelection(2, [(ulong)row, (ulong)column], [1, 1])))[0];
}
