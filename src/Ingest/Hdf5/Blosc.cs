using System.Buffers;
using System.Buffers.Binary;
using K4os.Compression.LZ4;
using ZstdSharp;

namespace StereoSpike.Ingest;

/// <summary>Unpacks Blosc 1 containers, HDF5's filter 32001: DSEC's compression.</summary>
/// <remarks>
/// A header of 16 bytes: version, codec's version, flags, element bytes, then unpacked length, block length and packed length in 32 bits. Then the blocks' places, counted from the container's start. A block is
/// one part, or one for each byte of an element; each has its length before it and is stored plain where that is its unpacked length. Flags: 1 bytes shuffled, 2 all stored plain, 4 bits shuffled, 16 never
/// several parts; the codec in the upper three (1 LZ4, 3 zlib, 4 Zstandard). Source: F. Alted et al., C-Blosc 1.21, README_CHUNK_FORMAT and blosc.c.
/// </remarks>
internal static class Blosc
{
    private const int HeaderBytes = 16, BytesShuffled = 1, Plain = 2, BitsShuffled = 4, OnePart = 16;
    private const int MostParts = 16, SmallestPart = 128;

    [ThreadStatic]
    private static Decompressor? zstd;

    /// <summary>Unpacks a container.</summary>
    /// <param name="packed">The container.</param>
    /// <param name="unpacked">Receives the bytes; its length is the container's own.</param>
    /// <exception cref="InvalidDataException">It is damaged, unpacks to another length, or uses a codec that is not read.</exception>
    public static void Decode(ReadOnlySpan<byte> packed, Span<byte> unpacked)
    {
        int length = packed.Length >= HeaderBytes ? Int(packed, 4) : -1, blockBytes = length >= 0 ? Int(packed, 8) : 0;
        if (length != unpacked.Length || (blockBytes <= 0 && length > 0))
        {
            throw new InvalidDataException($"a Blosc container says {length} bytes where {unpacked.Length} are needed");
        }

        int flags = packed[2], elementBytes = Math.Max(1, (int)packed[3]);
        if ((flags & Plain) != 0)
        {
            Part(packed, HeaderBytes, length).CopyTo(unpacked);
            return;
        }

        if ((flags & BitsShuffled) != 0)
        {
            throw new InvalidDataException("a Blosc container has its bits shuffled, which is not read here; write the file again with byte shuffle");
        }

        byte[] shuffled = ArrayPool<byte>.Shared.Rent(Math.Min(blockBytes, length));
        try
        {
            for (int block = 0, at = 0; at < length; block++, at += blockBytes)
            {
                Span<byte> target = unpacked.Slice(at, Math.Min(blockBytes, length - at));
                bool whole = target.Length == blockBytes, several = (flags & OnePart) == 0 && elementBytes <= MostParts && blockBytes / elementBytes >= SmallestPart && whole;
                int start = Int(packed, HeaderBytes + (4 * block));
                if ((flags & BytesShuffled) != 0 && elementBytes > 1)
                {
                    Span<byte> stage = shuffled.AsSpan(0, target.Length);
                    Block(packed, start, flags >> 5, several ? elementBytes : 1, stage);
                    ByteShuffle.Undo(stage, target, elementBytes);
                }
                else
                {
                    Block(packed, start, flags >> 5, several ? elementBytes : 1, target);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(shuffled);
        }
    }

    private static void Block(ReadOnlySpan<byte> packed, int at, int codec, int parts, Span<byte> target)
    {
        int partBytes = target.Length / parts;
        for (int part = 0; part < parts; part++)
        {
            int length = Int(packed, at);
            ReadOnlySpan<byte> bytes = Part(packed, at + 4, length);
            Span<byte> unpacked = target.Slice(part * partBytes, partBytes);
            if (length == partBytes)
            {
                bytes.CopyTo(unpacked);
            }
            else
            {
                Unpack(bytes, codec, unpacked);
            }

            at += 4 + length;
        }
    }

    private static void Unpack(ReadOnlySpan<byte> bytes, int codec, Span<byte> unpacked)
    {
        const int Lz4 = 1, Zlib = 3, Zstandard = 4;
        switch (codec)
        {
            case Lz4 when LZ4Codec.Decode(bytes, unpacked) == unpacked.Length:
                break;
            case Zlib:
                ChunkFilters.Inflate(bytes, unpacked);
                break;
            case Zstandard:
                Unzstd(bytes, unpacked);
                break;
            case Lz4:
                throw new InvalidDataException("an LZ4 block of a Blosc container is damaged");
            default:
                throw new InvalidDataException($"a Blosc container uses codec {codec} (0 is BloscLZ, 2 Snappy); LZ4, zlib and Zstandard are read");
        }
    }

    private static void Unzstd(ReadOnlySpan<byte> bytes, Span<byte> unpacked)
    {
        zstd ??= new Decompressor();
        try
        {
            int length = zstd.Unwrap(bytes, unpacked);
            if (length != unpacked.Length)
            {
                throw new InvalidDataException($"a Zstandard block of a Blosc container unpacks to {length} bytes where {unpacked.Length} are needed");
            }
        }
        catch (ZstdException cause)
        {
            throw new InvalidDataException("a Zstandard block of a Blosc container is damaged", cause);
        }
    }

    private static int Int(ReadOnlySpan<byte> packed, int at) => BinaryPrimitives.ReadInt32LittleEndian(Part(packed, at, 4));

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> packed, int at, int length) => at >= 0 && length >= 0 && length <= packed.Length - at
        ? packed.Slice(at, length)
        : throw new InvalidDataException("a part of a Blosc container lies outside it");
}
