using System.Buffers;
using System.IO.Compression;

namespace StereoSpike.Ingest;

/// <summary>Unpacks a stored chunk: the filters of its dataset in reverse, less those that were left out for this chunk.</summary>
internal static class ChunkFilters
{
    /// <summary>Registered number of h5py's LZF.</summary>
    public const int LzfId = 32_000;

    /// <summary>Registered number of Blosc.</summary>
    public const int BloscId = 32_001;

    private const int DeflateId = 1, ShuffleId = 2;
    private const int ZlibHeaderBytes = 2;

    /// <summary>Whether every filter is one that is unpacked here.</summary>
    public static bool Know(StoredFilter[] filters) => filters.All(filter => filter.Id is DeflateId or ShuffleId or LzfId or BloscId);

    /// <summary>Unpacks a chunk.</summary>
    /// <param name="stored">The chunk as it lies in the file.</param>
    /// <param name="filters">The dataset's filters, in the order of writing.</param>
    /// <param name="skipped">Bit i is set where filter i was left out.</param>
    /// <param name="unpacked">Receives the chunk; as long as a chunk is. Nothing longer is ever made of it.</param>
    /// <exception cref="InvalidDataException">The chunk is damaged, or unpacks to another length.</exception>
    public static void Unpack(ReadOnlySpan<byte> stored, StoredFilter[] filters, uint skipped, Span<byte> unpacked)
    {
        StoredFilter[] applied = [.. filters.Where((_, i) => (skipped >> i & 1) == 0)];
        int length = unpacked.Length;
        byte[][] stages = [.. applied.Skip(1).Select(_ => ArrayPool<byte>.Shared.Rent(length))];
        try
        {
            ReadOnlySpan<byte> packed = stored;
            for (int i = applied.Length - 1; i >= 0; i--)
            {
                Span<byte> stage = i == 0 ? unpacked : stages[i - 1].AsSpan(0, length);
                Undo(applied[i], packed, stage);
                packed = stage;
            }

            if (applied.Length == 0)
            {
                CheckLength(stored.Length, length);
                stored.CopyTo(unpacked);
            }
        }
        finally
        {
            foreach (byte[] stage in stages)
            {
                ArrayPool<byte>.Shared.Return(stage);
            }
        }
    }

    /// <summary>Unpacks a zlib stream of known length.</summary>
    /// <exception cref="InvalidDataException">It is damaged or of another length.</exception>
    public static unsafe void Inflate(ReadOnlySpan<byte> packed, Span<byte> unpacked)
    {
        if (packed.Length <= ZlibHeaderBytes)
        {
            throw new InvalidDataException("a deflated chunk is cut short");
        }

        fixed (byte* start = packed)
        {
            using var source = new UnmanagedMemoryStream(start, packed.Length);
            using var zlib = new ZLibStream(source, CompressionMode.Decompress);
            int length;
            bool more;
            try
            {
                length = zlib.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false);
                more = zlib.ReadByte() >= 0;
            }
            catch (InvalidDataException cause)   // its own message speaks of an archive
            {
                throw new InvalidDataException("a deflated block is damaged", cause);
            }

            CheckLength(length, unpacked.Length);
            if (more)
            {
                throw new InvalidDataException($"a deflated chunk unpacks to more than the {unpacked.Length} bytes of a chunk");
            }
        }
    }

    private static void Undo(StoredFilter filter, ReadOnlySpan<byte> packed, Span<byte> unpacked)
    {
        switch (filter.Id)
        {
            case DeflateId:
                Inflate(packed, unpacked);
                break;
            case LzfId:
                Lzf.Decode(packed, unpacked);
                break;
            case BloscId:
                Blosc.Decode(packed, unpacked);
                break;
            default:
                CheckLength(packed.Length, unpacked.Length);
                ByteShuffle.Undo(packed, unpacked, filter.Parameters is [>= 1 and <= 255, ..] ? (int)filter.Parameters[0] : 1);
                break;
        }
    }

    private static void CheckLength(int found, int needed)
    {
        if (found != needed)
        {
            throw new InvalidDataException($"a chunk unpacks to {found} bytes where {needed} are needed");
        }
    }
}
