using System.Buffers.Binary;
using System.Numerics;

namespace StereoSpike.Training;

/// <summary>The Castagnoli checksum of bytes, in hardware where there is an instruction for it.</summary>
/// <remarks>CRC-32C: polynomial 0x1EDC6F41, reflected; starts at and is inverted by all ones. RFC 3720, appendix B.4, has the values the tests use.</remarks>
internal static class Crc32C
{
    /// <summary>Works the checksum out.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return ~checksum;
    }
}
