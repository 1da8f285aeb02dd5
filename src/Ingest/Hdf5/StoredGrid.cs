using System.Buffers;
using System.Runtime.InteropServices;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>The stored chunks of a dataset as a grid, unpacked from the mapped file by any number of threads.</summary>
internal sealed class StoredGrid
{
    private readonly StoredFilter[] _filters;
    private readonly Dictionary<long, List<StoredChunk>> _chunks;   // by their first row
    private readonly int[] _chunkShape;
    private readonly long[] _shape;

    private StoredGrid(StoredDataset stored, Dictionary<long, List<StoredChunk>> chunks, long[] shape)
    {
        _filters = stored.Filters;
        _chunks = chunks;
        _chunkShape = stored.ChunkShape;
        _shape = shape;
    }

    /// <summary>Rows of a chunk.</summary>
    public int ChunkRows => _chunkShape[0];

    /// <summary>Whether a filter was left out for a chunk of the first rows.</summary>
    public bool FirstIsMasked => _chunks[0].Any(chunk => chunk.SkippedFilters != 0);

    /// <summary>Makes the grid; null where the dataset is not chunked, a chunk is missing (its values would be the fill value), or a filter is unknown.</summary>
    /// <param name="stored">The dataset.</param>
    /// <param name="shape">Its length along each dimension.</param>
    public static StoredGrid? Make(StoredDataset stored, long[] shape)
    {
        int[] chunk = stored.ChunkShape;
        if (stored.Chunks is null || chunk.Length != shape.Length || chunk.Any(side => side < 1) || !ChunkFilters.Know(stored.Filters))
        {
            return null;
        }

        double acrossRow = Enumerable.Range(1, shape.Length - 1).Aggregate(1.0, (product, d) => product * Ceiling(shape[d], chunk[d]));
        Dictionary<long, List<StoredChunk>> byRow = stored.Chunks.GroupBy(one => one.First[0]).ToDictionary(group => group.Key, group => group.ToList());
        bool complete = byRow.Count == Ceiling(shape[0], chunk[0]) && byRow.All(row => row.Key % chunk[0] == 0 && row.Value.Count == acrossRow);
        bool inside = stored.Chunks.All(one => Enumerable.Range(0, shape.Length).All(d => one.First[d] >= 0 && one.First[d] < shape[d] && one.First[d] % chunk[d] == 0));
        return complete && inside ? new StoredGrid(stored, byRow, shape) : null;
    }

    /// <summary>Unpacks the chunks that hold some rows.</summary>
    /// <param name="file">Their file.</param>
    /// <param name="name">The dataset's name, for messages.</param>
    /// <param name="first">First row; a chunk must begin there.</param>
    /// <param name="values">Receives the rows, shape [rows, …]; a whole number of chunks.</param>
    /// <exception cref="InvalidDataException">A chunk is damaged.</exception>
    public void Unpack<T>(Hdf5File file, string name, long first, T[] values)
        where T : unmanaged
    {
        int rowLength = (int)_shape.Skip(1).Aggregate(1L, (product, length) => product * length), rows = values.Length / rowLength;
        for (int row = 0; row < rows && first + row < _shape[0]; row += ChunkRows)
        {
            Span<T> target = values.AsSpan(row * rowLength, ChunkRows * rowLength);
            foreach (StoredChunk chunk in _chunks[first + row])
            {
                try
                {
                    Unpack(file.Mapped.Bytes(chunk.Address, chunk.Length), chunk, target);
                }
                catch (InvalidDataException cause)
                {
                    throw BadFile.Error(file.Path, $"{name}, rows from {first + row} on", $"cannot be unpacked ({cause.Message})", Hdf5File.Remedy, cause);
                }
            }
        }
    }

    private void Unpack<T>(ReadOnlySpan<byte> stored, in StoredChunk chunk, Span<T> target)
        where T : unmanaged
    {
        int length = _chunkShape.Aggregate(1, (product, side) => product * side);
        if (length == target.Length)   // as wide as the dataset
        {
            ChunkFilters.Unpack(stored, _filters, chunk.SkippedFilters, MemoryMarshal.AsBytes(target));
            return;
        }

        T[] unpacked = ArrayPool<T>.Shared.Rent(length);
        try
        {
            ChunkFilters.Unpack(stored, _filters, chunk.SkippedFilters, MemoryMarshal.AsBytes(unpacked.AsSpan(0, length)));
            Scatter(unpacked, chunk.First, target);
        }
        finally
        {
            ArrayPool<T>.Shared.Return(unpacked);
        }
    }

    /// <summary>Copies a chunk to its place among the rows, line by line of the last dimension, less what reaches beyond the dataset.</summary>
    private void Scatter<T>(T[] unpacked, long[] first, Span<T> target)
    {
        int last = _shape.Length - 1, lineLength = _chunkShape[last], wide = (int)Math.Min(lineLength, _shape[last] - first[last]);
        int lines = 1;
        for (int d = 0; d < last; d++)
        {
            lines *= _chunkShape[d];
        }

        for (int line = 0; line < lines; line++)
        {
            long place = first[last], stride = _shape[last], rest = line;
            bool inside = true;
            for (int d = last - 1; d >= 0; d--)
            {
                long index = rest % _chunkShape[d];
                rest /= _chunkShape[d];
                index += d == 0 ? 0 : first[d];   // the target begins at the chunk's first row
                inside &= d == 0 || index < _shape[d];
                place += index * stride;
                stride *= _shape[d];
            }

            if (inside)
            {
                unpacked.AsSpan(line * lineLength, wide).CopyTo(target[(int)place..]);
            }
        }
    }

    private static long Ceiling(long count, int size) => (count + size - 1) / size;
}
