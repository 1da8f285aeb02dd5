using System.Globalization;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>A quantity hour by hour.</summary>
/// <param name="Start">Time of the first value.</param>
/// <param name="Values">A value an hour, none missing.</param>
public sealed record HourlySeries(DateTime Start, IReadOnlyList<double> Values)
{
    private const long MaximumBytes = 64L << 20;

    /// <summary>Reads a table: a line of names, then a time and a value a line, an hour apart, with a comma between them; empty lines are passed over.</summary>
    /// <exception cref="InvalidDataException">A line is no time and value, or an hour is missing.</exception>
    public static HourlySeries Load(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MaximumBytes } file)
        {
            throw BadFile.Error(path, "", $"is {file.Length} bytes long where at most {MaximumBytes} are read", "Cut it into pieces.");
        }

        DateTime start = default;
        var values = new List<double>();
        int line = 0;
        foreach (string text in File.ReadLines(path))
        {
            if (++line == 1 || string.IsNullOrWhiteSpace(text.Replace(",", "", StringComparison.Ordinal)))
            {
                continue;
            }

            string[] cells = text.Split(',');
            if (cells.Length < 2 || !DateTime.TryParse(cells[0].Trim('"', ' '), CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time)
                || !double.TryParse(cells[1].Trim('"', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            {
                throw BadFile.Error(path, $"line {line}", $"is \"{text[..Math.Min(text.Length, 60)]}\" where a time and a value are needed", "Write lines such as 2005-06-07 07:00:00,56718587433.");
            }

            start = values.Count == 0 ? time : start;
            if (time != start.AddHours(values.Count))
            {
                throw BadFile.Error(path, $"line {line}", $"is of {time:yyyy-MM-dd HH:mm} where {start.AddHours(values.Count):yyyy-MM-dd HH:mm} comes next", "Fill the missing hours, or take the longest piece without a gap.");
            }

            values.Add(value);
        }

        return values.Count > 0 ? new HourlySeries(start, values) : throw BadFile.Error(path, "", "holds no value", "Write lines such as 2005-06-07 07:00:00,56718587433.");
    }
}
