using System.Buffers.Binary;
using StereoSpike.Files;

namespace StereoSpike.Readout;

/// <summary>Pictures one after another as animated PNG: full colour, shown by every current browser; other programs show the first picture.</summary>
/// <remarks>
/// Each picture after the first stores only the rectangle that changed. Pictures are written as they come, so memory does not grow
/// with their number. Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", 2025, section 11.3.6 (acTL, fcTL, fdAT).
/// </remarks>
public static class AnimatedPng
{
    /// <summary>Saves pictures, whole or not at all; they repeat for ever.</summary>
    /// <param name="path">Where the file belongs.</param>
    /// <param name="pictures">At least one, all of one size.</param>
    /// <param name="pictureMs">How long each is shown, ms, 1 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">The duration is outside its range.</exception>
    /// <exception cref="ArgumentException">There is no picture, or one differs in size from the first.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, IEnumerable<Picture> pictures, int pictureMs)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        Guard.Within(pictureMs, 1, ushort.MaxValue);
        WholeFile.Write(path, stream => Write(stream, pictures, (ushort)pictureMs));
    }

    private static void Write(FileStream stream, IEnumerable<Picture> pictures, ushort pictureMs)
    {
        Picture? previous = null;
        long countAt = 0;
        uint sequence = 0, count = 0;
        foreach (Picture picture in pictures)
        {
            Part part = previous is null ? new Part(0, 0, picture.Width, picture.Height) : Changed(previous, picture);
            IReadOnlyList<PngChunk> chunks = PngChunk.ReadAll(picture.Crop(part.X, part.Y, part.Width, part.Height).EncodePng(), "picture");
            if (previous is null)
            {
                stream.Write(PngChunk.Signature);
                PngChunk.Write(stream, "IHDR", chunks[0].Data.Span);
                countAt = stream.Position;
                WriteCount(stream, count);   // in its place, for the true number to come
            }

            WriteControl(stream, sequence++, part, pictureMs);
            foreach (PngChunk data in chunks.Where(chunk => chunk.Name == "IDAT"))
            {
                if (previous is null)
                {
                    PngChunk.Write(stream, "IDAT", data.Data.Span);
                }
                else
                {
                    PngChunk.Write(stream, "fdAT", [.. BigEndian(sequence++), .. data.Data.Span]);
                }
            }

            previous = picture;
            count++;
        }

        if (count == 0)
        {
            throw new ArgumentException("An animation needs at least one picture.", nameof(pictures));
        }

        PngChunk.Write(stream, "IEND", []);
        stream.Position = countAt;
        WriteCount(stream, count);
    }

    private static void WriteCount(FileStream stream, uint pictures) =>
        PngChunk.Write(stream, "acTL", [.. BigEndian(pictures), .. BigEndian(0)]);   // 0 plays: for ever

    private static void WriteControl(FileStream stream, uint sequence, Part part, ushort pictureMs)
    {
        Span<byte> control = stackalloc byte[26];   // the last two bytes stay 0: leave the page as it is, replace what the part covers
        BinaryPrimitives.WriteUInt32BigEndian(control, sequence);
        BinaryPrimitives.WriteInt32BigEndian(control[4..], part.Width);
        BinaryPrimitives.WriteInt32BigEndian(control[8..], part.Height);
        BinaryPrimitives.WriteInt32BigEndian(control[12..], part.X);
        BinaryPrimitives.WriteInt32BigEndian(control[16..], part.Y);
        BinaryPrimitives.WriteUInt16BigEndian(control[20..], pictureMs);
        BinaryPrimitives.WriteUInt16BigEndian(control[22..], 1000);
        PngChunk.Write(stream, "fcTL", control);
    }

    private static Part Changed(Picture before, Picture after)
    {
        if (before.Width != after.Width || before.Height != after.Height)
        {
            throw new ArgumentException($"A picture of {after.Width}×{after.Height} px follows one of {before.Width}×{before.Height}; all must have one size.");
        }

        int left = after.Width, right = -1, top = after.Height, bottom = -1, row = Picture.PixelBytes * after.Width;
        for (int y = 0; y < after.Height; y++)
        {
            ReadOnlySpan<byte> one = before.Rgba.AsSpan(y * row, row), other = after.Rgba.AsSpan(y * row, row);
            int first = one.CommonPrefixLength(other);
            if (first < row)
            {
                int last = row - 1;
                while (one[last] == other[last])
                {
                    last--;
                }

                (left, right) = (Math.Min(left, first / Picture.PixelBytes), Math.Max(right, last / Picture.PixelBytes));
                (top, bottom) = (Math.Min(top, y), y);
            }
        }

        return right < 0 ? new Part(0, 0, 1, 1) : new Part(left, top, right - left + 1, bottom - top + 1);   // nothing changed: a part must still hold a pixel
    }

    private static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private readonly record struct Part(int X, int Y, int Width, int Height);
}
