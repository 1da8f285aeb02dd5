using System.Globalization;

namespace StereoSpike.Training;

/// <summary>Labels of a recording by their 0-based numbers, written as ranges with both ends inside: <c>140-160,163</c>.</summary>
public sealed class LabelSet
{
    private const int MostLabels = 10_000_000;
    private readonly int[] _labels;

    /// <summary>Makes a set.</summary>
    /// <param name="labels">Numbers, at least 0, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public LabelSet(IEnumerable<int> labels)
    {
        _labels = [.. labels.Distinct().Order()];
        Guard.AtLeast(_labels.Length == 0 ? 0 : _labels[0], 0, nameof(labels));
    }

    /// <summary>A range, both ends inside.</summary>
    public static LabelSet Range(int first, int last) => new(Enumerable.Range(first, last - first + 1));

    /// <summary>Number of labels.</summary>
    public int Count => _labels.Length;

    /// <summary>The labels, ascending.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>Whether a label is inside.</summary>
    public bool Contains(int label) => Array.BinarySearch(_labels, label) >= 0;

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static LabelSet Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var labels = new List<int>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last) || last < first || last - first + labels.Count > MostLabels)
            {
                throw new FormatException($"\"{part}\" is no range of labels; write 140-160 or 140.");
            }

            labels.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return new LabelSet(labels);

        static bool TryNumber(string digits, out int value) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value < MostLabels;
    }

    /// <summary>The set as ranges.</summary>
    public override string ToString()
    {
        var ranges = new List<string>();
        for (int i = 0; i < _labels.Length;)
        {
            int first = i;
            while (i + 1 < _labels.Length && _labels[i + 1] == _labels[i] + 1)
            {
                i++;
            }

            ranges.Add(first == i ? $"{_labels[i]}" : $"{_labels[first]}-{_labels[i]}");
            i++;
        }

        return string.Join(',', ranges);
    }
}
