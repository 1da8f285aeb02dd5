using System.Buffers.Binary;

namespace StereoSpike.Ingest;

/// <summary>Reads HDF5's filter pipeline message (0x0B): which filters a dataset's chunks went through, in the order of writing.</summary>
/// <remarks>Source: The HDF Group, "HDF5 File Format Specification Version 3.0", IV.A.2.l.</remarks>
internal static class Hdf5FilterMessage
{
    private const int FirstOfOthers = 256;   // version 2 leaves out the name of filters that the library itself defines

    /// <exception cref="ArgumentOutOfRangeException">The message is cut short.</exception>
    public static StoredFilter[] Read(ReadOnlySpan<byte> message)
    {
        bool first = message[0] == 1;
        int at = first ? 8 : 2;
        var filters = new StoredFilter[message[1]];
        for (int i = 0; i < filters.Length; i++)
        {
            int id = Short(message, ref at);
            int nameLength = first || id >= FirstOfOthers ? Short(message, ref at) : 0;
            at += 2;   // flags
            var parameters = new uint[Short(message, ref at)];
            at += first ? (nameLength + 7) / 8 * 8 : nameLength;
            for (int p = 0; p < parameters.Length; p++, at += 4)
            {
                parameters[p] = BinaryPrimitives.ReadUInt32LittleEndian(message.Slice(at, 4));
            }

            at += first && parameters.Length % 2 == 1 ? 4 : 0;
            filters[i] = new StoredFilter(id, parameters);
        }

        return filters;
    }

    private static int Short(ReadOnlySpan<byte> message, ref int at)
    {
        int value = BinaryPrimitives.ReadUInt16LittleEndian(message.Slice(at, 2));
        at += 2;
        return value;
    }
}
