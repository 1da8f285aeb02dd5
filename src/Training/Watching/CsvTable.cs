using System.Globalization;
using StereoSpike.Files;

namespace StereoSpike.Training;

/// <summary>A small table of a run's folder: a line of column names, then lines of values.</summary>
internal sealed class CsvTable
{
    private readonly string[] _columns;
    private readonly List<string[]> _rows = [];

    private CsvTable(string[] columns) => _columns = columns;

    /// <summary>Number of lines under the names.</summary>
    public int Rows => _rows.Count;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">A line has another number of values than there are names.</exception>
    public static CsvTable Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        var table = new CsvTable((lines.Length > 0 ? lines[0] : "").Split(','));
        for (int i = 1; i < lines.Length; i++)
        {
            string[] values = lines[i].Split(',');
            if (values.Length != table._columns.Length)
            {
                throw BadFile.Error(path, $"line {i + 1}", $"holds {values.Length} values under {table._columns.Length} names", "Resume the run, which writes the file again, or mend the line.");
            }

            table._rows.Add(values);
        }

        return table;
    }

    /// <summary>A column's texts; none where there is no such column.</summary>
    public string[] Texts(string column) => Array.IndexOf(_columns, column) is >= 0 and int i ? [.. _rows.Select(row => row[i])] : [];

    /// <summary>A column's numbers, NaN where a text is none.</summary>
    public double[] Numbers(string column) => Array.ConvertAll(Texts(column), text => double.TryParse(text, CultureInfo.InvariantCulture, out double value) ? value : double.NaN);
}
