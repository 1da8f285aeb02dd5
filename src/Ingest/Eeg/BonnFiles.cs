using System.Globalization;
using System.IO.Compression;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>The Bonn EEG collection: texts with a number a line, in five folders or archives named Z, O, N, F and S.</summary>
/// <remarks>Source: R. G. Andrzejak et al., "Indications of nonlinear deterministic and finite-dimensional structures in time series of brain electrical activity", Physical Review E 64 (2001) 061907.</remarks>
public static class BonnFiles
{
    /// <summary>Samples a second.</summary>
    public const double SampleRateHz = 173.61;

    private const string Letters = "ZONFS";   // the files' own names of the sets A to E
    private const int MostFiles = 10_000, LongestText = 8 << 20;

    /// <summary>Reads all segments of a folder, ordered by name.</summary>
    /// <param name="folder">With z.zip and its four siblings, or with texts named Z001.txt and so on, at any depth.</param>
    /// <exception cref="InvalidDataException">A text is damaged, or there are none.</exception>
    public static IReadOnlyList<BonnSegment> Load(string folder)
    {
        var segments = new List<BonnSegment>();
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (file.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                ReadArchive(file, segments);
            }
            else if (IsSegment(Path.GetFileName(file)))
            {
                segments.Add(Segment(Path.GetFileName(file), ReadText(file)));
            }
        }

        return segments.Count is > 0 and <= MostFiles
            ? [.. segments.OrderBy(segment => segment.Set).ThenBy(segment => segment.Signal.Name, StringComparer.Ordinal)]
            : throw BadFile.Error(folder, "", $"holds {segments.Count} segments", "Name the folder with z.zip, o.zip, n.zip, f.zip and s.zip, or with their texts.");
    }

    /// <summary>Reads one text: a number a line.</summary>
    /// <exception cref="InvalidDataException">A line is no number, or there are none.</exception>
    public static EegSignal ReadText(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return ReadText(stream, stream.Length, path);
    }

    private static void ReadArchive(string path, List<BonnSegment> segments)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => IsSegment(entry.Name) && !entry.FullName.StartsWith("__MACOSX", StringComparison.Ordinal)))
            {
                if (segments.Count >= MostFiles)
                {
                    throw BadFile.Error(path, "", $"brings the folder above {MostFiles} segments", "Take a smaller archive.");
                }

                using Stream stream = entry.Open();
                segments.Add(Segment(entry.Name, ReadText(stream, entry.Length, $"{path}: {entry.FullName}")));
            }
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException && !cause.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw BadFile.Error(path, "", $"is no archive or damaged ({cause.Message})", "Fetch it again.", cause);
        }
    }

    private static EegSignal ReadText(Stream stream, long length, string source)
    {
        if (length > LongestText)
        {
            throw BadFile.Error(source, "", $"is {length} bytes long where at most {LongestText} are read", "A segment is a text with a number a line.");
        }

        using var reader = new StreamReader(stream);
        var samples = new List<float>();
        for (int line = 1; reader.ReadLine() is { } text; line++)
        {
            if (text.AsSpan().Trim().IsEmpty)
            {
                continue;
            }

            samples.Add(float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
                ? value
                : throw BadFile.Error(source, $"line {line}", $"is \"{text[..Math.Min(text.Length, 40)]}\" where a number is needed", "A segment is a text with a number a line."));
        }

        return samples.Count > 0 ? new EegSignal(Path.GetFileNameWithoutExtension(source), "uV", SampleRateHz, [.. samples]) : throw BadFile.Error(source, "", "holds no number", "A segment is a text with a number a line.");
    }

    private static bool IsSegment(string name) => name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) && name.Length == 8 && Letters.Contains(name[0]) && name.AsSpan(1, 3).IndexOfAnyExceptInRange('0', '9') < 0;

    private static BonnSegment Segment(string name, EegSignal signal) => new((char)('A' + Letters.IndexOf(name[0])), signal with { Name = Path.GetFileNameWithoutExtension(name) });
}
