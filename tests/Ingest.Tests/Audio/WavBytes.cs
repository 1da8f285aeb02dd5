using System.Buffers.Binary;

namespace StereoSpike.Ingest.Tests.Audio;

/// <summary>WAV files made byte by byte from the specification.</summary>
internal static class WavBytes
{
    public static byte[] Of(int tag, int channels, int rateHz, int bits, byte[] data)
    {
        int frame = channels * bits / 8;
        byte[] extension = tag == 0xFFFE ? [22, 0, (byte)bits, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71] : [];
        return
        [
            .. "RIFF"u8, .. Four(36 + extension.Length + data.Length), .. "WAVE"u8,
            .. "fmt "u8, .. Four(16 + extension.Length), .. Two(tag), .. Two(channels), .. Four(rateHz), .. Four(rateHz * frame), .. Two(frame), .. Two(bits), .. extension,
            .. "data"u8, .. Four(data.Length), .. data,
        ];
    }

    private static byte[] Two(int value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Four(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
