using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace StereoSpike.Files;

/// <summary>The npy format on a stream: magic, version, header text, elements.</summary>
/// <remarks>
/// <code>
/// 6 bytes   \x93NUMPY
/// 2 bytes   version, 1.0 to 3.0; 1.0 is written
/// 2 bytes   header length, little endian (4 bytes from version 2.0 on)
/// header    {'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }, padded with spaces, ended by a line feed
/// elements
/// </code>
/// Source: NumPy Enhancement Proposal 1 and numpy.lib.format. Objects (pickles), structured, big-endian and Fortran-ordered arrays are refused.
/// </remarks>
internal static partial class NpyFormat
{
    private const int LongestHeader = 10_000;   // NumPy's own bound
    private const int MostAxes = 32;
    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private static readonly (string Descr, int Size, Type Clr)[] Types =
    [
        ("|b1", 1, typeof(bool)), ("|i1", 1, typeof(sbyte)), ("<i2", 2, typeof(short)), ("<i4", 4, typeof(int)), ("<i8", 8, typeof(long)),
        ("|u1", 1, typeof(byte)), ("<u2", 2, typeof(ushort)), ("<u4", 4, typeof(uint)), ("<u8", 8, typeof(ulong)),
        ("<f4", 4, typeof(float)), ("<f8", 8, typeof(double)),
    ];

    public static int Size(NpyType type) => Types[(int)type].Size;

    /// <summary>The element type of a .NET type.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static NpyType TypeOf<T>()
    {
        int index = Array.FindIndex(Types, known => known.Clr == typeof(T));
        return index >= 0 ? (NpyType)index : throw new ArgumentException($"{typeof(T).Name} has no NumPy type here; use bool, an integer of 8 to 64 bits, float or double.");
    }

    /// <summary>A shape as Python writes it: (2, 3), (5,) or ().</summary>
    public static string Describe(ReadOnlySpan<int> shape) =>
        shape.Length == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape.ToArray())})";

    /// <summary>Reads one array that fills the rest of a stream.</summary>
    /// <param name="stream">At the magic.</param>
    /// <param name="length">Bytes that the container says are left, at most; the elements must end exactly there.</param>
    /// <param name="source">File and array, for messages.</param>
    /// <exception cref="InvalidDataException">It is no such array, or shorter or longer than it says.</exception>
    public static NpyArray Read(Stream stream, long length, string source)
    {
        (string header, long left) = ReadHeader(stream, length, source);
        (NpyType type, int[] shape) = ParseHeader(header, source);
        long bytes = ByteLength(Size(type), Types[(int)type].Descr, shape, source);
        CheckLength(bytes, left, shape, Types[(int)type].Descr, source);
        return new NpyArray(source, type, shape, ReadBytes(stream, (int)bytes, left, source));
    }

    /// <summary>Reads what stands before the elements.</summary>
    /// <returns>The header's text, and how many bytes follow it.</returns>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static (string Header, long Left) ReadHeader(Stream stream, long length, string source)
    {
        byte[] preamble = ReadBytes(stream, 8, length, source);
        if (!preamble.AsSpan(0, 6).SequenceEqual(Magic) || preamble[6] is < 1 or > 3)
        {
            throw BadFile.Error(source, "", $"begins with {System.Convert.ToHexString(preamble)} where an npy array of version 1 to 3 begins with 934E554D5059 and its version",
                "Save it with numpy.save or numpy.savez.");
        }

        int prefix = preamble[6] == 1 ? 2 : 4;
        byte[] size = ReadBytes(stream, prefix, length - 8, source);
        long headerLength = prefix == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (headerLength > LongestHeader)
        {
            throw BadFile.Error(source, "header", $"claims {headerLength} bytes where at most {LongestHeader} are allowed", "The file is damaged; fetch or save it again.");
        }

        return (Encoding.UTF8.GetString(ReadBytes(stream, (int)headerLength, length - 8 - prefix, source)), length - 8 - prefix - headerLength);
    }

    /// <summary>Takes the header of an array of records, or of a plain one, apart.</summary>
    /// <returns>The fields with their places in a record (a plain array has one without a name), bytes of a record, and the shape.</returns>
    /// <exception cref="InvalidDataException">It describes objects, big-endian or other elements that are refused.</exception>
    public static (IReadOnlyList<NpyField> Fields, int RecordBytes, int[] Shape) ParseFields(string header, string source)
    {
        Match match = RecordHeader().Match(header);
        if (!match.Success)
        {
            (NpyType type, int[] shape) = ParseHeader(header, source);
            return ([new NpyField("", type, 0)], Size(type), shape);
        }

        var fields = new List<NpyField>();
        int at = 0;
        foreach (Match field in Field().Matches(match.Groups["fields"].Value))
        {
            NpyType type = ParseType(field.Groups["descr"].Value, source);
            fields.Add(new NpyField(field.Groups["name"].Value, type, at));
            at += Size(type);
        }

        return (fields, at, ParseShape(match.Groups["shape"].Value, source));
    }

    /// <summary>Checks that as many bytes follow as the shape asks for.</summary>
    public static void CheckLength(long bytes, long left, int[] shape, string element, string source)
    {
        if (bytes != left)
        {
            throw BadFile.Error(source, "header", $"shape {Describe(shape)} of {element} asks for {bytes} bytes of elements where {left} follow",
                "The file is damaged or cut short; fetch or save it again.");
        }
    }

    /// <summary>Writes an array in version 1.0, its elements at a multiple of 64 bytes.</summary>
    public static void Write(Stream stream, NpyArray array)
    {
        stream.Write(Header(array.Type, array.Shape));
        stream.Write(array.Bytes);
    }

    /// <summary>What stands before the elements, in version 1.0: a multiple of 64 bytes.</summary>
    /// <param name="type">The elements' type.</param>
    /// <param name="shape">Elements along each axis.</param>
    /// <param name="least">The fewest bytes it may have: room for a shape that is filled in later.</param>
    public static byte[] Header(NpyType type, ReadOnlySpan<int> shape, int least = 0)
    {
        string header = $"{{'descr': '{Types[(int)type].Descr}', 'fortran_order': False, 'shape': {Describe(shape)}, }}";
        int unpadded = Magic.Length + 4 + header.Length + 1, whole = (Math.Max(unpadded, least) + Alignment - 1) / Alignment * Alignment;
        Span<byte> prefix = [.. Magic, 1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[8..], checked((ushort)(whole - Magic.Length - 4)));
        return [.. prefix, .. Encoding.ASCII.GetBytes(header + new string(' ', whole - unpadded) + '\n')];
    }

    private static (NpyType Type, int[] Shape) ParseHeader(string header, string source)
    {
        if (StructuredHeader().IsMatch(header))
        {
            throw BadFile.Error(source, "header", "describes a structured array (a record of named fields) where one plain type is needed",
                "Save each field as an array of its own.");
        }

        Match match = PlainHeader().Match(header);
        if (!match.Success)
        {
            throw BadFile.Error(source, "header", $"reads \"{Shortened(header)}\" where {{'descr': …, 'fortran_order': …, 'shape': …}} is needed", "Save it with numpy.save or numpy.savez.");
        }

        NpyType type = ParseType(match.Groups["descr"].Value, source);
        int[] shape = ParseShape(match.Groups["shape"].Value, source);
        if (match.Groups["fortran"].Value == "True" && shape.Count(side => side != 1) > 1)
        {
            throw BadFile.Error(source, "header", $"holds the shape {Describe(shape)} in Fortran order where C order is needed",
                "Save numpy.ascontiguousarray(a).");
        }

        return (type, shape);
    }

    private static NpyType ParseType(string descr, string source)
    {
        int index = Array.FindIndex(Types, known => known.Descr == descr || (known.Size == 1 && known.Descr[1..] == descr[1..]));
        if (index >= 0)
        {
            return (NpyType)index;
        }

        string found = descr[0] == '>' ? "big-endian elements" : "elements";
        throw BadFile.Error(source, "header", $"holds {found} of type '{descr}' where {string.Join(", ", Types.Select(known => known.Descr))} are allowed",
            "Convert it with a.astype('<f4') or another of these.");
    }

    private static int[] ParseShape(string text, string source)
    {
        string[] sides = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var shape = new int[sides.Length];
        for (int i = 0; i < sides.Length; i++)
        {
            // Python 2 wrote long integers as 5L.
            if (i >= MostAxes || !int.TryParse(sides[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                throw BadFile.Error(source, "header", $"holds the shape ({Shortened(text)}) where up to {MostAxes} axes of 0 to {int.MaxValue} elements are allowed",
                    "The file is damaged, or too large to be read as one array.");
            }
        }

        return shape;
    }

    private static long ByteLength(int elementBytes, string element, int[] shape, string source)
    {
        UInt128 bytes = (UInt128)elementBytes;
        foreach (int side in shape)
        {
            bytes *= (UInt128)side;
            if (bytes > (UInt128)Array.MaxLength)
            {
                throw BadFile.Error(source, "header", $"shape {Describe(shape)} of {element} asks for more than {Array.MaxLength} bytes", "Split the array.");
            }
        }

        return (long)bytes;
    }

    private static byte[] ReadBytes(Stream stream, int count, long left, string source)
    {
        if (count <= left)
        {
            var bytes = new byte[count];
            if (stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false) == count)
            {
                return bytes;
            }
        }

        throw BadFile.Error(source, "", "ends too early", "The file is cut short; fetch or save it again.");
    }

    private static string Shortened(string text) => text.Length <= 80 ? text.Trim() : text[..80] + "…";

    [GeneratedRegex(@"^\s*\{\s*'descr':\s*'(?<descr>[<>|=][^']{1,20})'\s*,\s*'fortran_order':\s*(?<fortran>True|False)\s*,\s*'shape':\s*\((?<shape>[^()]*)\)\s*,?\s*\}\s*$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainHeader();

    [GeneratedRegex(@"^\s*\{\s*'descr':\s*\[", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StructuredHeader();

    /// <summary>Named fields of plain types, as a C-contiguous array of records has them; padded, nested and array fields do not match.</summary>
    [GeneratedRegex(@"^\s*\{\s*'descr':\s*\[(?<fields>(?:\s*\('[^'()]{1,64}',\s*'[<>|=][^'()]{1,20}'\)\s*,?){1,64}\s*)\]\s*,\s*'fortran_order':\s*(?:True|False)\s*,\s*'shape':\s*\((?<shape>[^()]*)\)\s*,?\s*\}\s*$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RecordHeader();

    [GeneratedRegex(@"\('(?<name>[^'()]+)',\s*'(?<descr>[^'()]+)'\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Field();
}
