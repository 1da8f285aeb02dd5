using PureHDF.Filters;

namespace StereoSpike.Ingest;

/// <summary>h5py's LZF filter (number 32000) for PureHDF, which lacks it.</summary>
internal sealed class LzfFilter : IH5Filter
{
    private const int LargestChunk = 256 << 20;
    private static readonly Lazy<bool> Registered = new(() =>
    {
        H5Filter.Register(new LzfFilter());
        return true;
    });

    public ushort FilterId => 32_000;

    public string Name => "lzf";

    /// <summary>Makes the filter known to every file opened afterwards; once a process.</summary>
    public static void EnsureRegistered() => _ = Registered.Value;

    public Memory<byte> Filter(FilterInfo info)
    {
        if (!info.Flags.HasFlag(H5FilterFlags.Decompress))
        {
            throw new NotSupportedException("LZF is read, not written; write with deflate.");
        }

        // h5py stores [filter version, LZF version, chunk size in bytes].
        long size = info.Parameters.Length >= 3 ? info.Parameters[2] : info.ChunkSize;
        if (size is <= 0 or > LargestChunk)
        {
            throw new InvalidDataException($"an LZF chunk claims {size} bytes");
        }

        // A chunk that does not shrink is stored as it is and marked in its filter mask, where PureHDF 2.2.0 then leaves out the filter before this one too. Only
        // files of HDF5's newest layouts come this way (Hdf5Structure knows the others).
        if (info.Buffer.Length == size)
        {
            throw new InvalidDataException("an LZF chunk is stored uncompressed in a layout that only HDF5's own library reads; write the file again with deflate");
        }

        byte[] unpacked = new byte[size];
        Lzf.Decode(info.Buffer.Span, unpacked);
        return unpacked;
    }

    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        throw new NotSupportedException("LZF is read, not written; write with deflate.");
}
