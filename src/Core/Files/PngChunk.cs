using System.Buffers.Binary;
using System.Text;

namespace StereoSpike.Files;

/// <summary>One chunk of a PNG file: a four-letter name and its data, guarded by a checksum.</summary>
/// <param name="Name">Four ASCII letters, such as IHDR.</param>
/// <param name="Data">What the chunk holds, without length, name and checksum.</param>
/// <param name="Position">Byte of the file at which the chunk starts, for messages.</param>
/// <remarks>Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", 2025, sections 5 and 11. Numbers are big-endian.</remarks>
public readonly record struct PngChunk(string Name, ReadOnlyMemory<byte> Data, long Position)
{
    private const int LengthAndNameBytes = 8;
    private const int ChecksumBytes = 4;
    private static readonly uint[] ChecksumTable = MakeChecksumTable();

    /// <summary>The eight bytes every PNG file starts with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Takes a PNG file apart, up to and including IEND; what follows it is ignored, as the specification asks.</summary>
    /// <param name="file">The file's bytes; the chunks point into them.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">The signature, a length, a name or a checksum is wrong, or IEND is missing.</exception>
    public static IReadOnlyList<PngChunk> ReadAll(ReadOnlyMemory<byte> file, string path)
    {
        if (!file.Span.StartsWith(Signature))
        {
            throw BadFile.Error(path, "byte 0", "does not start with the PNG signature", "Give a PNG file.");
        }

        var chunks = new List<PngChunk>();
        int position = Signature.Length;
        do
        {
            PngChunk chunk = Read(file, position, path);
            chunks.Add(chunk);
            position += LengthAndNameBytes + chunk.Data.Length + ChecksumBytes;
        }
        while (chunks[^1].Name != "IEND");
        return chunks;
    }

    /// <summary>Writes a chunk: length, name, data, checksum.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="name">Four ASCII letters.</param>
    /// <param name="data">The chunk's data.</param>
    /// <exception cref="ArgumentException">The name is not four letters.</exception>
    public static void Write(Stream stream, string name, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length != 4 || !name.All(char.IsAsciiLetter))
        {
            throw new ArgumentException($"\"{name}\" is no PNG chunk name; four ASCII letters are.", nameof(name));
        }

        Span<byte> head = stackalloc byte[LengthAndNameBytes];
        BinaryPrimitives.WriteInt32BigEndian(head, data.Length);
        Encoding.ASCII.GetBytes(name, head[4..]);
        stream.Write(head);
        stream.Write(data);
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Checksum(head[4..], data));
        stream.Write(checksum);
    }

    private static PngChunk Read(ReadOnlyMemory<byte> file, int position, string path)
    {
        ReadOnlySpan<byte> rest = file.Span[position..];
        string place = $"byte {position}";
        if (rest.Length < LengthAndNameBytes + ChecksumBytes)
        {
            throw BadFile.Error(path, place, $"ends with {rest.Length} bytes where a chunk of at least 12 is needed", "The file was cut short; fetch it again.");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        ReadOnlySpan<byte> letters = rest[4..LengthAndNameBytes];
        foreach (byte letter in letters)
        {
            if (!char.IsAsciiLetter((char)letter))
            {
                throw BadFile.Error(path, place, "holds no chunk name where four ASCII letters are needed", "The file is damaged; fetch it again.");
            }
        }

        string name = Encoding.ASCII.GetString(letters);
        if (length > rest.Length - LengthAndNameBytes - ChecksumBytes)
        {
            throw BadFile.Error(path, $"{place}, chunk {name}", $"claims {length} bytes where {rest.Length - LengthAndNameBytes - ChecksumBytes} are left", "The file was cut short; fetch it again.");
        }

        ReadOnlyMemory<byte> data = file.Slice(position + LengthAndNameBytes, (int)length);
        uint stored = BinaryPrimitives.ReadUInt32BigEndian(rest[(LengthAndNameBytes + (int)length)..]);
        uint computed = Checksum(letters, data.Span);
        return stored == computed
            ? new PngChunk(name, data, position)
            : throw BadFile.Error(path, $"{place}, chunk {name}", $"has checksum {stored:X8} where its bytes give {computed:X8}", "The file is damaged; fetch it again.");
    }

    /// <summary>CRC-32 of the name and the data (polynomial 0xEDB88320, reflected; starts at and is inverted by all ones).</summary>
    private static uint Checksum(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => ~Advance(Advance(uint.MaxValue, name), data);

    private static uint Advance(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint[] table = ChecksumTable;
        foreach (byte value in bytes)
        {
            checksum = table[(byte)(checksum ^ value)] ^ (checksum >> 8);
        }

        return checksum;
    }

    private static uint[] MakeChecksumTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
