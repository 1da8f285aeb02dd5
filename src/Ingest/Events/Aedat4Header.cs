using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>What stands at the head of an AEDAT 4 file: how packets are compressed, and which stream holds the events.</summary>
/// <param name="Compression">0 none, 1 and 2 LZ4, 3 and 4 Zstandard.</param>
/// <param name="DataTable">Where the table after the last packet begins, bytes; −1 where there is none.</param>
/// <param name="Stream">The events' stream.</param>
/// <param name="Sensor">Its camera's size.</param>
/// <param name="Length">Where packets begin, bytes.</param>
internal sealed record Aedat4Header(int Compression, long DataTable, int Stream, SensorSize Sensor, int Length)
{
    /// <summary>The file's first line.</summary>
    public static ReadOnlySpan<byte> Magic => "#!AER-DAT4.0\r\n"u8;

    /// <summary>Reads the head.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="start">Its first bytes.</param>
    /// <exception cref="InvalidDataException">It is damaged, or has no stream of events.</exception>
    public static Aedat4Header Read(string path, ReadOnlySpan<byte> start)
    {
        try
        {
            int at = Magic.Length, length = BitConverter.ToInt32(start.Slice(at, 4));
            FlatTable table = FlatTable.Root(start.Slice(at + 4, length), "IOHE"u8);
            (int stream, SensorSize sensor) = EventStreamOf(Encoding.UTF8.GetString(table.Vector(2, 1)));
            return new Aedat4Header(table.Int32(0, 0), table.Int64(1, -1), stream, sensor, at + 4 + length);
        }
        catch (Exception cause) when (cause is ArgumentOutOfRangeException or XmlException or InvalidDataException)
        {
            throw BadFile.Error(path, "header", $"cannot be read ({cause.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "The file is damaged, or holds no stream of events (EVTS).", cause);
        }
    }

    /// <summary>Finds the first stream of events in the description that dv writes as XML.</summary>
    private static (int Stream, SensorSize Sensor) EventStreamOf(string description)
    {
        using var reader = XmlReader.Create(new StringReader(description), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = PropheseeHeader.LongestHeader });
        foreach (XElement node in XDocument.Load(reader).Descendants("node"))
        {
            if (Attribute(node, "typeIdentifier") == "EVTS" && int.TryParse(node.Attribute("name")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int stream)
                && node.Elements("node").FirstOrDefault(child => child.Attribute("name")?.Value == "info") is { } about
                && int.TryParse(Attribute(about, "sizeX"), out int width) && int.TryParse(Attribute(about, "sizeY"), out int height)
                && width is >= 1 and <= SensorSize.MaximumSide && height is >= 1 and <= SensorSize.MaximumSide)
            {
                return (stream, new SensorSize(width, height));
            }
        }

        throw new InvalidDataException("no stream of events is described");
    }

    private static string? Attribute(XElement node, string key) => node.Elements("attr").FirstOrDefault(attribute => attribute.Attribute("key")?.Value == key)?.Value;
}
