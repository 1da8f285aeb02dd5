using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>The Free Spoken Digit Dataset: WAV files named <c>{digit}_{speaker}_{take}.wav</c> in a folder, or in a <c>.tar.gz</c>.</summary>
/// <remarks>Source: Z. Jackson et al., github.com/Jakobovski/free-spoken-digit-dataset, CC BY-SA 4.0. Its own test set are the takes 0 to 4.</remarks>
public static class SpokenDigits
{
    /// <summary>The dataset's own test set: takes below this.</summary>
    public const int TestTakes = 5;

    private const int MostClips = 1 << 17;
    private const long MostBytes = 1L << 32;

    /// <summary>Reads all clips, ordered by name.</summary>
    /// <param name="path">A folder, which may hold the archive or a folder <c>recordings</c>, or the archive itself.</param>
    /// <exception cref="InvalidDataException">A name or a file is not of the dataset, or there are none.</exception>
    /// <exception cref="IOException">Nothing can be opened there.</exception>
    public static IReadOnlyList<SpokenDigit> Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string[] archives = Directory.Exists(path) ? Directory.GetFiles(path, "*.tar.gz") : [];
        List<SpokenDigit> clips = File.Exists(path) ? FromArchive(path) : archives.Length == 1 ? FromArchive(archives[0]) : FromFolder(path);
        return clips.Count > 0
            ? [.. clips.OrderBy(clip => clip.Digit).ThenBy(clip => clip.Speaker, StringComparer.Ordinal).ThenBy(clip => clip.Take)]
            : throw BadFile.Error(path, "", "holds no WAV file", "Name the folder with the dataset's recordings, or its .tar.gz.");
    }

    private static List<SpokenDigit> FromFolder(string path)
    {
        string inner = Path.Combine(path, "recordings");
        return [.. Directory.GetFiles(Directory.Exists(inner) ? inner : path, "*.wav").Select(file => Named(file, Path.GetFileName(file), WavFile.Read(file)))];
    }

    private static List<SpokenDigit> FromArchive(string path)
    {
        var clips = new List<SpokenDigit>();
        long bytes = 0;
        try
        {
            using var tar = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is not { } data || !entry.Name.EndsWith(".wav", StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                bytes += entry.Length;
                if (entry.Length > WavFile.MaximumBytes || bytes > MostBytes || clips.Count >= MostClips)
                {
                    throw BadFile.Error(path, entry.Name, $"brings the archive to {bytes} bytes in {clips.Count + 1} clips, more than is read", "Take a smaller archive.");
                }

                using var memory = new MemoryStream();
                data.CopyTo(memory);
                string name = $"{path}: {entry.Name}";
                clips.Add(Named(name, Path.GetFileName(entry.Name), WavFile.Parse(memory.GetBuffer().AsSpan(0, (int)memory.Length), name)));
            }
        }
        catch (Exception cause) when (cause is EndOfStreamException or FormatException or ArgumentException || (cause is InvalidDataException && !cause.Message.StartsWith(path, StringComparison.Ordinal)))
        {
            throw BadFile.Error(path, "", $"is cut short or damaged ({cause.Message})", "Fetch it again.", cause);
        }

        return clips;
    }

    private static SpokenDigit Named(string source, string name, AudioClip clip)
    {
        string[] parts = Path.GetFileNameWithoutExtension(name).Split('_');
        return parts is [[>= '0' and <= '9'] digit, { Length: > 0 } speaker, _] && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int take)
            ? new SpokenDigit(digit[0] - '0', speaker, take, clip)
            : throw BadFile.Error(source, "name", "is not of the form digit_speaker_take.wav", "Rename it, such as 7_anna_0.wav, or take it out of the folder.");
    }
}
