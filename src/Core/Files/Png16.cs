using System.Buffers.Binary;
using System.IO.Compression;

namespace StereoSpike.Files;

/// <summary>Images of one 16-bit number a pixel, as PNG: depth and disparity maps travel this way.</summary>
/// <remarks>
/// What a value means is the caller's: DSEC stores disparity [px] = value / 256, and 0 where it is unknown.
/// Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", 2025. Only 16-bit grey without interlacing
/// is read; ancillary chunks (gamma, text, time) are skipped, so values come back exactly as stored.
/// </remarks>
public static class Png16
{
    private const int HeaderBytes = 13;

    /// <summary>No deflate stream grows by more than this factor; a header that promises more than its data can hold is refused before memory is taken.</summary>
    private const long LargestExpansion = 1032;

    /// <summary>Reads an image.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The size, and the values, shape [H,W].</returns>
    /// <exception cref="InvalidDataException">It is not a whole, undamaged PNG of 16-bit grey without interlacing.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static (SensorSize Size, ushort[] Values) Read(string path) => Decode(File.ReadAllBytes(path), path);

    /// <summary>Reads an image from the bytes of a PNG file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <returns>The size, and the values, shape [H,W].</returns>
    /// <exception cref="InvalidDataException">It is not a whole, undamaged PNG of 16-bit grey without interlacing.</exception>
    public static (SensorSize Size, ushort[] Values) Decode(ReadOnlyMemory<byte> file, string path)
    {
        IReadOnlyList<PngChunk> chunks = PngChunk.ReadAll(file, path);
        SensorSize size = ReadHeader(chunks[0], path);
        using var compressed = new MemoryStream();
        foreach (PngChunk chunk in chunks.Where(chunk => chunk.Name == "IDAT"))
        {
            compressed.Write(chunk.Data.Span);
        }

        long needed = size.Height * (1L + (2L * size.Width));
        if (needed > compressed.Length * LargestExpansion)
        {
            throw BadFile.Error(path, "IDAT", $"holds {compressed.Length} bytes, too few for {size} px", "The file is damaged; fetch it again.");
        }

        compressed.Position = 0;
        var values = new ushort[size.Pixels];
        Inflate(compressed, size, values, path);
        return (size, values);
    }

    /// <summary>Writes an image, whole or not at all.</summary>
    /// <param name="path">Where it belongs.</param>
    /// <param name="size">W and H.</param>
    /// <param name="values">Shape [H,W].</param>
    /// <exception cref="ArgumentException">The values do not fill the shape.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, SensorSize size, ReadOnlyMemory<ushort> values)
    {
        byte[] file = Encode(size, values.Span);
        WholeFile.Write(path, stream => stream.Write(file));
    }

    /// <summary>Makes the bytes of a PNG file.</summary>
    /// <param name="size">W and H.</param>
    /// <param name="values">Shape [H,W].</param>
    /// <exception cref="ArgumentException">The values do not fill the shape.</exception>
    public static byte[] Encode(SensorSize size, ReadOnlySpan<ushort> values)
    {
        Guard.Length(values.Length, size.Pixels, nameof(values));
        using var file = new MemoryStream();
        file.Write(PngChunk.Signature);
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt32BigEndian(header, size.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], size.Height);
        header[8] = 16;   // bits a sample; the rest stays 0: grey, deflate, adaptive filters, no interlacing
        PngChunk.Write(file, "IHDR", header);
        PngChunk.Write(file, "IDAT", Deflate(size, values));
        PngChunk.Write(file, "IEND", []);
        return file.ToArray();
    }

    private static SensorSize ReadHeader(PngChunk header, string path)
    {
        ReadOnlySpan<byte> data = header.Data.Span;
        if (header.Name != "IHDR" || data.Length != HeaderBytes)
        {
            throw BadFile.Error(path, "byte 8", $"holds a chunk {header.Name} of {data.Length} bytes where IHDR of {HeaderBytes} must stand", "The file is damaged; fetch it again.");
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width - 1 >= SensorSize.MaximumSide || height - 1 >= SensorSize.MaximumSide)
        {
            throw BadFile.Error(path, "IHDR", $"is {width}×{height} px where each side may be 1 to {SensorSize.MaximumSide}", "Crop or scale the image.");
        }

        (byte bits, byte colour, byte interlacing) = (data[8], data[9], data[12]);
        if (bits != 16 || colour != 0)
        {
            throw BadFile.Error(path, "IHDR", $"is {bits}-bit of colour type {colour} where 16-bit grey (type 0) is needed", "Depth and disparity need 16 bits; an 8-bit or colour picture of them has lost the values.");
        }

        if (interlacing != 0 || data[10] != 0 || data[11] != 0)
        {
            throw BadFile.Error(path, "IHDR", $"has compression {data[10]}, filter method {data[11]}, interlacing {interlacing} where 0, 0, 0 are read", "Save it without interlacing.");
        }

        return new SensorSize((int)width, (int)height);
    }

    private static void Inflate(Stream compressed, SensorSize size, ushort[] values, string path)
    {
        byte[] line = new byte[1 + (2 * size.Width)], above = new byte[2 * size.Width];
        Span<byte> row = line.AsSpan(1);
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress, leaveOpen: true);
        for (int y = 0; y < size.Height; y++)
        {
            if (ReadSome(inflated, line, path) < line.Length)
            {
                throw BadFile.Error(path, $"row {y}", $"is not there, or not whole, where the header asks for {size.Height} rows", "The file was cut short; fetch it again.");
            }

            if (line[0] >= PngFilter.Count)
            {
                throw BadFile.Error(path, $"row {y}", $"has filter {line[0]} where 0 to {PngFilter.Count - 1} are defined", "The file is damaged; fetch it again.");
            }

            PngFilter.Undo(line[0], row, above);
            row.CopyTo(above);
            Span<ushort> target = values.AsSpan(y * size.Width, size.Width);
            for (int x = 0; x < target.Length; x++)
            {
                target[x] = BinaryPrimitives.ReadUInt16BigEndian(row[(2 * x)..]);
            }
        }

        if (ReadSome(inflated, line, path) > 0)
        {
            throw BadFile.Error(path, "IDAT", $"holds more than the {size.Height} rows of the header", "The file is damaged; fetch it again.");
        }
    }

    private static int ReadSome(ZLibStream inflated, Span<byte> line, string path)
    {
        try
        {
            return inflated.ReadAtLeast(line, line.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException broken)
        {
            throw BadFile.Error(path, "IDAT", "is no whole zlib stream", "The file is damaged; fetch it again.", broken);
        }
    }

    private static byte[] Deflate(SensorSize size, ReadOnlySpan<ushort> values)
    {
        int bytes = 2 * size.Width;
        byte[] row = new byte[bytes], above = new byte[bytes], filtered = new byte[bytes];
        using var compressed = new MemoryStream();
        using (var deflated = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < size.Height; y++)
            {
                ReadOnlySpan<ushort> source = values.Slice(y * size.Width, size.Width);
                for (int x = 0; x < source.Length; x++)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * x), source[x]);
                }

                deflated.WriteByte((byte)PngFilter.ApplyBest(row, above, filtered));
                deflated.Write(filtered);
                (row, above) = (above, row);
            }
        }

        return compressed.ToArray();
    }
}
