using System.Globalization;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>The EEG Eye State table: a row a sample, a column an electrode, and whether the eyes are closed in the last.</summary>
/// <remarks>Source: O. Roesler, UCI Machine Learning Repository, 2013: one recording of 117 s at 128 Hz.</remarks>
/// <param name="Signals">Electrodes.</param>
/// <param name="Closed">Whether the eyes are closed, a value a sample.</param>
public sealed record EyeStateTable(IReadOnlyList<EegSignal> Signals, IReadOnlyList<bool> Closed)
{
    /// <summary>Samples a second.</summary>
    public const double SampleRateHz = 128;

    private const int MostColumns = 256;
    private const long MaximumBytes = 256L << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It has no header, a row has another number of columns, or a value is no number.</exception>
    public static EyeStateTable Load(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length > MaximumBytes)
        {
            throw BadFile.Error(path, "", $"is {stream.Length} bytes long where at most {MaximumBytes} are read", "Cut it into pieces.");
        }

        using var reader = new StreamReader(stream);
        string[] names = reader.ReadLine()?.Split(',') ?? [];
        if (names.Length is < 2 or > MostColumns || names[^1].Trim() is not ("class" or "eyeDetection"))
        {
            throw BadFile.Error(path, "line 1", "is not the names of electrodes and \"class\" with commas between them", "Take the table as published, with its header.");
        }

        List<float>[] columns = [.. names[..^1].Select(_ => new List<float>())];
        var closed = new List<bool>();
        for (int line = 2; reader.ReadLine() is { } text; line++)
        {
            string[] cells = text.Split(',');
            if (cells.Length != names.Length || cells[^1].Trim() is not ("0" or "1"))
            {
                throw BadFile.Error(path, $"line {line}", $"holds {cells.Length} columns ending in \"{cells[^1]}\" where {names.Length} ending in 0 or 1 are needed", "Fetch the file again.");
            }

            for (int i = 0; i < columns.Length; i++)
            {
                columns[i].Add(float.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
                    ? value
                    : throw BadFile.Error(path, $"line {line}, column {names[i]}", $"is \"{cells[i]}\" where a number is needed", "Fetch the file again."));
            }

            closed.Add(cells[^1].Trim() == "1");
        }

        return closed.Count > 0
            ? new EyeStateTable([.. columns.Select((column, i) => new EegSignal(names[i].Trim(), "uV", SampleRateHz, [.. column]))], closed)
            : throw BadFile.Error(path, "", "holds no row", "Fetch the file again.");
    }
}
