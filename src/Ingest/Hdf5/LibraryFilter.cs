using PureHDF.Filters;

namespace StereoSpike.Ingest;

/// <summary>A filter that PureHDF lacks, for what is read through it: h5py's LZF and Blosc. Stored chunks that we find ourselves go through <see cref="ChunkFilters"/> instead.</summary>
internal sealed class LibraryFilter(ushort id, string name, LibraryFilter.Decoder decode, int sizeParameter) : IH5Filter
{
    private const int LargestChunk = 256 << 20;
    private static readonly Lazy<bool> Registered = new(() =>
    {
        H5Filter.Register(new LibraryFilter(ChunkFilters.LzfId, "lzf", Lzf.Decode, sizeParameter: 2));   // h5py stores [filter version, LZF version, chunk bytes],
        H5Filter.Register(new LibraryFilter(ChunkFilters.BloscId, "blosc", Blosc.Decode, sizeParameter: 3));   // Blosc [version, format, element bytes, chunk bytes, …]
        return true;
    });

    /// <summary>Unpacks a chunk into a span of its length.</summary>
    internal delegate void Decoder(ReadOnlySpan<byte> packed, Span<byte> unpacked);

    public ushort FilterId => id;

    public string Name => name;

    /// <summary>Makes the filters known to every file opened afterwards; once a process.</summary>
    public static void EnsureRegistered() => _ = Registered.Value;

    public Memory<byte> Filter(FilterInfo info)
    {
        if (!info.Flags.HasFlag(H5FilterFlags.Decompress))
        {
            throw new NotSupportedException($"{name} is read, not written; write with deflate.");
        }

        long size = info.Parameters.Length > sizeParameter ? info.Parameters[sizeParameter] : info.ChunkSize;
        if (size is <= 0 or > LargestChunk)
        {
            throw new InvalidDataException($"a chunk claims {size} bytes");
        }

        // A chunk that does not shrink is stored as it is and marked in its filter mask, where PureHDF 2.2.0 then leaves out the filter before this one too. Only
        // files of HDF5's newest layouts come this way (Hdf5Structure knows the others).
        if (info.Buffer.Length == size)
        {
            throw new InvalidDataException($"a chunk of the filter {name} is stored uncompressed in a layout that only HDF5's own library reads; write the file again with deflate");
        }

        byte[] unpacked = new byte[size];
        decode(info.Buffer.Span, unpacked);
        return unpacked;
    }

    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        throw new NotSupportedException($"{name} is read, not written; write with deflate.");
}
