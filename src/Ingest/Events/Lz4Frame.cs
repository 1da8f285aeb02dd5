using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace StereoSpike.Ingest;

/// <summary>The frame around LZ4 blocks: unpacked with a limit, and made with one block or more.</summary>
/// <remarks>
/// Magic number, flags, block size, optional content size, header checksum; blocks with their size (upper bit: stored plain); an end mark of 0. Checksums are passed over.
/// Source: Y. Collet, "LZ4 Frame Format Description" 1.6.
/// </remarks>
internal static class Lz4Frame
{
    private const uint Magic = 0x184D2204, Plain = 0x8000_0000;
    private const int DictionaryBytes = 64 << 10, LeastHead = 7;
    private const int BlockChecksums = 0x10, ContentSize = 0x08, DictionaryGiven = 0x01, IndependentBlocks = 0x20, VersionOne = 0x40;
    private const byte FourMegabyteBlocks = 0x70;

    /// <summary>Unpacks a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="unpacked">Receives the content; grows as blocks come, up to the limit.</param>
    /// <param name="limit">The most bytes that may come out.</param>
    /// <returns>How many bytes came out.</returns>
    /// <exception cref="InvalidDataException">It is no frame, is damaged, or makes more than the limit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is cut short.</exception>
    public static int Unpack(ReadOnlySpan<byte> frame, ref byte[] unpacked, int limit)
    {
        if (frame.Length < LeastHead || BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic || (frame[4] & DictionaryGiven) != 0)
        {
            throw new InvalidDataException("an LZ4 frame is none");
        }

        int flags = frame[4], largest = 1 << (8 + (2 * ((frame[5] >> 4) & 7)));
        int at = 7 + ((flags & ContentSize) != 0 ? 8 : 0), length = 0;
        while (true)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(frame.Slice(at, 4));
            at += 4;
            if (size == 0)
            {
                return length;
            }

            ReadOnlySpan<byte> block = frame.Slice(at, (int)(size & ~Plain));
            length += Block(block, (size & Plain) != 0, ref unpacked, length, Math.Min(largest, limit - length));
            at += block.Length + ((flags & BlockChecksums) != 0 ? 4 : 0);
        }
    }

    /// <summary>Makes a frame of independent blocks.</summary>
    public static void Pack(ReadOnlySpan<byte> content, Stream target)
    {
        const int BlockBytes = 4 << 20;
        Span<byte> word = stackalloc byte[4];
        Span<byte> head = [0x04, 0x22, 0x4D, 0x18, VersionOne | IndependentBlocks, FourMegabyteBlocks, 0];
        head[6] = (byte)(XxHash32(head.Slice(4, 2)) >> 8);
        target.Write(head);
        byte[] packed = new byte[LZ4Codec.MaximumOutputSize(Math.Min(content.Length, BlockBytes))];
        for (int at = 0; at < content.Length; at += BlockBytes)
        {
            ReadOnlySpan<byte> block = content.Slice(at, Math.Min(BlockBytes, content.Length - at));
            int size = LZ4Codec.Encode(block, packed);
            bool shrank = size > 0 && size < block.Length;
            BinaryPrimitives.WriteUInt32LittleEndian(word, shrank ? (uint)size : (uint)block.Length | Plain);
            target.Write(word);
            target.Write(shrank ? packed.AsSpan(0, size) : block);
        }

        word.Clear();
        target.Write(word);
    }

    private static int Block(ReadOnlySpan<byte> block, bool plain, ref byte[] unpacked, int at, int room)
    {
        if (room <= 0 || (plain && block.Length > room))
        {
            throw new InvalidDataException("an LZ4 frame unpacks to more than is taken");
        }

        int needed = plain ? block.Length : (int)Math.Min(room, 255L * block.Length);   // LZ4 makes at most 255 bytes of one
        if (unpacked.Length < at + needed)
        {
            Array.Resize(ref unpacked, Math.Max(at + needed, Math.Min(2 * unpacked.Length, at + room)));
        }

        if (plain)
        {
            block.CopyTo(unpacked.AsSpan(at));
            return block.Length;
        }

        int dictionary = Math.Min(at, DictionaryBytes);
        int made = LZ4Codec.Decode(block, unpacked.AsSpan(at, needed), unpacked.AsSpan(at - dictionary, dictionary));
        return made >= 0 ? made : throw new InvalidDataException("an LZ4 block is damaged");
    }

    /// <summary>xxHash32 of fewer than 4 bytes, which is what a frame's header is checked with.</summary>
    /// <remarks>Source: Y. Collet, "xxHash fast digest algorithm", the path for short inputs, seed 0.</remarks>
    private static uint XxHash32(ReadOnlySpan<byte> bytes)
    {
        const uint Prime1 = 2_654_435_761, Prime2 = 2_246_822_519, Prime3 = 3_266_489_917, Prime5 = 374_761_393;
        uint hash = Prime5 + (uint)bytes.Length;
        foreach (byte b in bytes)
        {
            hash = unchecked(uint.RotateLeft(hash + (b * Prime5), 11) * Prime1);
        }

        hash = unchecked((hash ^ (hash >> 15)) * Prime2);
        hash = unchecked((hash ^ (hash >> 13)) * Prime3);
        return hash ^ (hash >> 16);
    }
}
