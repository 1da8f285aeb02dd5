using System.Buffers.Binary;
using System.IO.Compression;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Arrays of bytes in an IDX file, plain or gzipped: the format of MNIST and Fashion-MNIST.</summary>
/// <remarks>
/// Layout: 0, 0, element type (8 is unsigned byte), number of axes; each axis' length as big-endian uint32; then the elements, last axis fastest.
/// Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", section "File formats".
/// </remarks>
public static class IdxFile
{
    /// <summary>The most elements that one file is read for: 1 GiB.</summary>
    public const long MaximumElements = 1L << 30;

    private const int MaximumAxes = 4;
    private const int UnsignedByte = 8;
    private const int Piece = 1 << 20;   // memory grows with what the file delivers, never with what it claims
    private const string Remedy = "Fetch the file again; MNIST's and Fashion-MNIST's own .gz files are read as they are.";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; gzip is recognised by its first two bytes, not by its name.</param>
    /// <param name="axes">Number of axes that it must have: 3 for images [N,H,W], 1 for labels [N].</param>
    /// <returns>The axes' lengths, and the elements.</returns>
    /// <exception cref="InvalidDataException">It is no such file, is cut short, holds more than it claims, or claims more than is allowed.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static (IReadOnlyList<int> Shape, byte[] Elements) Read(string path, int axes)
    {
        using FileStream file = File.OpenRead(path);
        try
        {
            using Stream stream = IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : file;
            int[] shape = ReadShape(path, stream, Guard.Within(axes, 1, MaximumAxes));
            long count = shape.Aggregate(1L, (product, side) => checked(product * side));
            if (count > MaximumElements)
            {
                throw BadFile.Error(path, "header", $"claims {count} elements where at most {MaximumElements} are read", Remedy);
            }

            byte[] elements = ReadElements(path, stream, (int)count);
            return stream.ReadByte() < 0
                ? (shape, elements)
                : throw BadFile.Error(path, $"byte {4 + (4 * axes) + count}", $"goes on after the {count} elements of shape [{string.Join(", ", shape)}]", Remedy);
        }
        catch (Exception cause) when (cause is EndOfStreamException or OverflowException || (cause is InvalidDataException && !cause.Message.StartsWith(path, StringComparison.Ordinal)))
        {
            throw BadFile.Error(path, "", $"is cut short or damaged ({cause.Message})", Remedy, cause);
        }
    }

    private static bool IsGzip(FileStream file)
    {
        Span<byte> start = stackalloc byte[2];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == start.Length && start[0] == 0x1F && start[1] == 0x8B;
    }

    private static int[] ReadShape(string path, Stream stream, int axes)
    {
        Span<byte> magic = stackalloc byte[4];
        stream.ReadExactly(magic);
        if (magic[0] != 0 || magic[1] != 0 || magic[2] != UnsignedByte || magic[3] != axes)
        {
            throw BadFile.Error(path, "magic number", $"is {BinaryPrimitives.ReadUInt32BigEndian(magic)} where an IDX file of bytes with {axes} {(axes == 1 ? "axis" : "axes")} has {(UnsignedByte << 8) + axes}",
                "Check that images and labels are not exchanged and that the file is an IDX file.");
        }

        Span<byte> lengths = stackalloc byte[4 * MaximumAxes];
        stream.ReadExactly(lengths[..(4 * axes)]);
        var shape = new int[axes];
        for (int i = 0; i < axes; i++)
        {
            shape[i] = checked((int)BinaryPrimitives.ReadUInt32BigEndian(lengths[(4 * i)..]));
        }

        return shape;
    }

    private static byte[] ReadElements(string path, Stream stream, int count)
    {
        byte[] elements = new byte[Math.Min(count, Piece)];
        int filled = 0;
        while (filled < count)
        {
            if (filled == elements.Length)
            {
                Array.Resize(ref elements, (int)Math.Min(count, 2L * elements.Length));
            }

            int read = stream.Read(elements, filled, elements.Length - filled);
            if (read == 0)
            {
                throw BadFile.Error(path, $"element {filled}", $"is missing: the file ends before the {count} elements it claims", Remedy);
            }

            filled += read;
        }

        return elements;
    }
}
