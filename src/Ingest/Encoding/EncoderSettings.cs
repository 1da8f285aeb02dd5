using System.Globalization;

namespace StereoSpike.Ingest;

/// <summary>An encoder's name taken apart: its kind, and settings of which each must be asked for.</summary>
internal sealed class EncoderSettings
{
    private readonly string _name;
    private readonly string _known;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private EncoderSettings(string name, string kind, string known)
    {
        _name = name;
        Kind = kind;
        _known = known;
    }

    /// <summary>What stands before the colon.</summary>
    public string Kind { get; }

    /// <summary>Takes <c>kind:key=value,key=value</c> apart.</summary>
    /// <param name="name">The name.</param>
    /// <param name="known">What to list in messages.</param>
    /// <exception cref="ArgumentException">A setting has no value, or stands twice.</exception>
    public static EncoderSettings Parse(string name, string known)
    {
        string[] parts = name.Split(':', 2, StringSplitOptions.TrimEntries);
        var settings = new EncoderSettings(name, parts[0], known);
        foreach (string setting in parts.Length == 1 ? [] : parts[1].Split(',', StringSplitOptions.TrimEntries))
        {
            string[] pair = setting.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair.Length != 2 || !settings._values.TryAdd(pair[0], pair[1]))
            {
                throw settings.Error($"'{setting}' is not a new key=value pair");
            }
        }

        return settings;
    }

    /// <summary>Takes a whole number.</summary>
    /// <exception cref="ArgumentException">It is no whole number.</exception>
    public int Whole(string key, int otherwise) =>
        !_values.Remove(key, out string? text) ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value
        : throw Error($"'{key}={text}' is not a whole number");

    /// <summary>Takes a number, with a point and not a comma.</summary>
    /// <exception cref="ArgumentException">It is no number.</exception>
    public double Number(string key, double otherwise) =>
        !_values.Remove(key, out string? text) ? otherwise
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
        : throw Error($"'{key}={text}' is not a number");

    /// <summary>Refuses settings that nobody asked for, such as a misspelt one.</summary>
    /// <exception cref="ArgumentException">One is left.</exception>
    public void RefuseUnused()
    {
        if (_values.Count > 0)
        {
            throw Error($"'{Kind}' has no setting '{_values.Keys.First()}'");
        }
    }

    private ArgumentException Error(string found) =>
        new($"Encoder '{_name}': {found}. There are, with their defaults: {_known}.");
}
