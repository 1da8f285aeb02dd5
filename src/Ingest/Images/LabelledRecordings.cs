using System.Globalization;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Short recordings of one camera, each with its class, as images: N-MNIST and sets laid out like it.</summary>
/// <remarks>
/// A recording is cut into parts of equal length (N-MNIST's camera makes three saccades, so three), and every part and polarity becomes a channel whose pixels are the brighter, the more events fell on them.
/// Layouts: a folder a split and class (<c>Train/0</c> … <c>Test/9</c>, Orchard, Jayawant, Cohen and Thakor, "Converting static image datasets to spiking neuromorphic datasets using saccades", Frontiers in Neuroscience 2015),
/// or recordings in one folder beside lists of "#sample #class" (<c>train*.txt</c>, <c>test*.txt</c>), as SLAYER's sample of it. Files are N-MNIST's 40-bit events, whatever they are called.
/// </remarks>
public static class LabelledRecordings
{
    /// <summary>Parts that a recording is cut into, if nothing else is said.</summary>
    public const int Parts = 3;

    /// <summary>Events of one polarity on a pixel, within a part, that make it white.</summary>
    public const int WhiteEvents = 5;

    /// <summary>Sides of N-MNIST's recordings, px.</summary>
    public const int Side = 34;

    private const int MostRecordings = 200_000;
    private const int MostEvents = 1 << 20;
    private const string Remedy = "Name a folder with Train/0 … Test/9, or with recordings and lists of \"sample class\" (train*.txt, test*.txt).";

    /// <summary>Whether a folder is laid out as recordings, not as IDX files.</summary>
    public static bool AreIn(string folder) => Directory.Exists(Path.Combine(folder, "Train")) || List(folder, ImageSplit.Train) is not null;

    /// <summary>Reads one split.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="split">Which split.</param>
    /// <param name="parts">Parts that each recording is cut into, 1 to 16.</param>
    /// <returns>Images of 2·parts channels, shape [2·parts,34,34]: of each part OFF, then ON.</returns>
    /// <exception cref="InvalidDataException">A list or recording is damaged, a class is none of 0 to 9, or there are no recordings.</exception>
    /// <exception cref="IOException">A file is missing or cannot be opened.</exception>
    public static LabelledImages Load(string folder, ImageSplit split, int parts = Parts)
    {
        Guard.Within(parts, 1, 16);
        (string Path, byte Label)[] files = Files(folder, split);
        int size = 2 * parts * Side * Side;
        var pixels = new byte[checked(files.Length * size)];
        var events = new DvsEvent[4096];
        for (int i = 0; i < files.Length; i++)
        {
            List<DvsEvent> recording = Read(files[i].Path, events);
            Draw(recording, parts, pixels.AsSpan(i * size, size));
        }

        return new LabelledImages(pixels, Array.ConvertAll(files, file => file.Label), Side, Side, 2 * parts);
    }

    /// <summary>Draws a recording.</summary>
    /// <param name="recording">Its events on 34×34 px, in any order; empty is black.</param>
    /// <param name="parts">Parts of equal length, from its first event to its last.</param>
    /// <param name="pixels">Receives the brightness, shape [2·parts,34,34].</param>
    /// <exception cref="ArgumentException">The pixels are not of that shape.</exception>
    public static void Draw(IReadOnlyList<DvsEvent> recording, int parts, Span<byte> pixels)
    {
        ArgumentNullException.ThrowIfNull(recording);
        Guard.Length(pixels.Length, 2 * parts * Side * Side, nameof(pixels));
        pixels.Clear();
        if (recording.Count == 0)
        {
            return;
        }

        long start = recording.Min(e => e.TimestampUs), end = recording.Max(e => e.TimestampUs) + 1;
        foreach (DvsEvent e in recording)
        {
            int part = (int)((e.TimestampUs - start) * parts / (end - start)), channel = (2 * part) + (e.Polarity == Polarity.On ? 1 : 0);
            ref byte pixel = ref pixels[(((channel * Side) + e.Y) * Side) + e.X];
            pixel = (byte)Math.Min(255, pixel + (255 / WhiteEvents));
        }
    }

    private static List<DvsEvent> Read(string path, DvsEvent[] room)
    {
        var recording = new List<DvsEvent>();
        using IEventReader reader = EventFiles.Open(path, new EventFileOptions { Format = EventFormat.Bin, Sensor = new SensorSize(Side, Side) });
        for (int read = reader.Read(room); read > 0; read = reader.Read(room))
        {
            recording.AddRange(room.AsSpan(0, read));
            if (recording.Count > MostEvents)
            {
                throw BadFile.Error(path, "", $"holds more than {MostEvents} events; N-MNIST's recordings hold about 4000", Remedy);
            }
        }

        return recording;
    }

    private static (string Path, byte Label)[] Files(string folder, ImageSplit split)
    {
        (string Path, byte Label)[] files = List(folder, split) is { } list ? Listed(folder, list) : Folders(folder, split);
        return files.Length is > 0 and <= MostRecordings ? files : throw BadFile.Error(folder, split.ToString(), $"has {files.Length} recordings where 1 to {MostRecordings} are read", Remedy);
    }

    private static (string Path, byte Label)[] Folders(string folder, ImageSplit split)
    {
        string parent = Path.Combine(folder, split == ImageSplit.Train ? "Train" : "Test");
        return !Directory.Exists(parent)
            ? throw new DirectoryNotFoundException($"{folder}: has neither {Path.GetFileName(parent)} nor a list. {Remedy}")
            : [.. Enumerable.Range(0, LabelledImages.Classes)
                .Select(label => (Label: (byte)label, Path: Path.Combine(parent, label.ToString(CultureInfo.InvariantCulture))))
                .Where(kind => Directory.Exists(kind.Path))
                .SelectMany(kind => Directory.EnumerateFiles(kind.Path, "*.bin").Order(StringComparer.Ordinal).Select(path => (path, kind.Label)))];
    }

    private static string? List(string folder, ImageSplit split) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, split == ImageSplit.Train ? "train*.txt" : "test*.txt").Order(StringComparer.Ordinal).FirstOrDefault()
        : null;

    private static (string Path, byte Label)[] Listed(string folder, string list)
    {
        var files = new List<(string, byte)>();
        int line = 0;
        foreach (string text in File.ReadLines(list))
        {
            line++;
            string[] fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0 || fields[0].StartsWith('#'))
            {
                continue;
            }

            if (fields.Length != 2 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int sample) || !byte.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out byte label)
                || label >= LabelledImages.Classes || files.Count == MostRecordings)
            {
                throw BadFile.Error(list, $"line {line}", $"is \"{text.Trim()}\" where the number of a recording and its class, 0 to {LabelledImages.Classes - 1}, are wanted (at most {MostRecordings} of them)", "Take the list from where the recordings came.");
            }

            string name = Path.Combine(folder, sample.ToString(CultureInfo.InvariantCulture));
            files.Add((File.Exists(name + ".bs2") ? name + ".bs2" : File.Exists(name + ".bin") ? name + ".bin" : throw new FileNotFoundException($"{list}: line {line} names recording {sample}, but there is neither {sample}.bs2 nor {sample}.bin beside it."), label));
        }

        return [.. files];
    }
}
