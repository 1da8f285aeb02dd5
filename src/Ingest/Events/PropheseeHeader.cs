using System.Globalization;
using System.Text;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>The text at the head of Prophesee's RAW and DAT files: lines that begin with %.</summary>
/// <param name="Format">What follows; null where the lines do not say.</param>
/// <param name="Sensor">The camera's size; null where the lines do not say.</param>
/// <param name="HalvesExchanged">Whether EVT 2.1 words come with their 32-bit halves exchanged.</param>
/// <param name="Length">Where the events begin, bytes.</param>
internal sealed record PropheseeHeader(EventFormat? Format, SensorSize? Sensor, bool HalvesExchanged, int Length)
{
    /// <summary>The longest header that is taken, bytes.</summary>
    public const int LongestHeader = 64 << 10;

    private static readonly Dictionary<string, EventFormat> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EVT2"] = EventFormat.Evt2,
        ["EVT21"] = EventFormat.Evt21,
        ["EVT3"] = EventFormat.Evt3,
        ["2.0"] = EventFormat.Evt2,
        ["2.1"] = EventFormat.Evt21,
        ["3.0"] = EventFormat.Evt3,
    };

    /// <summary>Reads the header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="start">The file's first bytes, as many as <see cref="LongestHeader"/> if it has them.</param>
    /// <exception cref="InvalidDataException">It is of a format that is not read here.</exception>
    public static PropheseeHeader Read(string path, ReadOnlySpan<byte> start)
    {
        EventFormat? format = null;
        int? width = null, height = null;
        bool exchanged = false;
        int at = 0;
        while (at < start.Length && start[at] == '%')
        {
            int end = start[at..].IndexOf((byte)'\n');
            if (end < 0)
            {
                throw BadFile.Error(path, $"byte {at}", "has a header line without an end", "It is no RAW or DAT file, or damaged.");
            }

            string line = Encoding.Latin1.GetString(start.Slice(at + 1, end - 1)).Trim();
            at += end + 1;
            if (line == "end")
            {
                break;
            }

            (string key, string value) = line.Split(' ', 2, StringSplitOptions.TrimEntries) is [var first, var rest] ? (first, rest) : (line, "");
            switch (key.ToLowerInvariant())
            {
                case "format":
                    string[] parts = value.Split(';');
                    format = Known(path, parts[0]);
                    foreach (string[] field in parts.Skip(1).Select(part => part.Split('=')))
                    {
                        width = field is ["width", var w] ? Side(w) : width;
                        height = field is ["height", var h] ? Side(h) : height;
                        exchanged |= field is ["endianness", "legacy"];
                    }

                    break;
                case "evt":
                    format ??= Known(path, value);
                    break;
                case "geometry" when value.Split('x') is [var w, var h]:
                    (width, height) = (Side(w), Side(h));
                    break;
                case "width":
                    width = Side(value);
                    break;
                case "height":
                    height = Side(value);
                    break;
                default:
                    break;
            }
        }

        return new PropheseeHeader(format, width is { } columns && height is { } rows ? new SensorSize(columns, rows) : null, exchanged, at);
    }

    private static EventFormat Known(string path, string name) => Names.TryGetValue(name.Trim(), out EventFormat format)
        ? format
        : throw BadFile.Error(path, "header", $"says the format {name}; EVT2, EVT21 and EVT3 are read", "Convert the recording with its maker's tools first.");

    private static int? Side(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side is >= 1 and <= SensorSize.MaximumSide ? side : null;
}
