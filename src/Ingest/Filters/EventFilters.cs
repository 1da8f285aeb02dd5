using System.Globalization;

namespace StereoSpike.Ingest;

/// <summary>Makes filters from how they are written: a name and its settings, such as <c>crop:x=10,y=20,width=64,height=64</c>.</summary>
public static class EventFilters
{
    /// <summary>Every filter with its settings, for help texts.</summary>
    public const string Help = "crop:x=,y=,width=,height=; flip:axis=x|y|xy; polarity:keep=on|off; refractory:us=1000; background:us=5000,neighbours=1; hot:deviations=5,learn=100000,keep=; mask:file=; downsample:factor=2,us=1; rate:max=";

    /// <summary>Makes a filter.</summary>
    /// <param name="text">Its name and settings; those with a value in <see cref="Help"/> may be left out.</param>
    /// <param name="sensor">The sensor that events come from.</param>
    /// <exception cref="ArgumentException">The name or a setting is unknown, missing or out of its range.</exception>
    public static IEventFilter Parse(string text, SensorSize sensor)
    {
        ArgumentNullException.ThrowIfNull(text);
        (string name, string rest) = text.Split(':', 2) is [var first, var second] ? (first, second) : (text, "");
        var settings = new Settings(text, rest);
        IEventFilter filter = name switch
        {
            "crop" => Crop(settings, sensor),
            "flip" => new FlipFilter(sensor, settings.Word("axis", "x", "y", "xy").Contains('x'), settings.Word("axis", "x", "y", "xy").Contains('y')),
            "polarity" => new PolarityFilter(sensor, settings.Word("keep", "on", "off") == "on" ? Polarity.On : Polarity.Off),
            "refractory" => new RefractoryFilter(sensor, settings.Whole("us", 1_000)),
            "background" => new BackgroundActivityFilter(sensor, settings.Whole("us", 5_000), settings.Whole("neighbours", 1)),
            "hot" => new HotPixelFilter(sensor, settings.Number("deviations", 5), settings.Whole("learn", 100_000), settings.Text("keep", optional: true)),
            "mask" => new MaskFilter(sensor, settings.Text("file", optional: false)!),
            "downsample" => new DownsampleFilter(sensor, (int)Math.Min(settings.Whole("factor", 2), int.MaxValue), settings.Whole("us", 1)),
            "rate" => new RateFilter(sensor, settings.Whole("max", null)),
            _ => throw new ArgumentException($"There is no filter \"{name}\". Known are: {Help}."),
        };
        settings.RefuseUnused();
        return filter;
    }

    private static CropFilter Crop(Settings settings, SensorSize sensor)
    {
        long x = settings.Whole("x", 0), y = settings.Whole("y", 0), width = settings.Whole("width", sensor.Width - x), height = settings.Whole("height", sensor.Height - y);
        return x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= sensor.Width && y + height <= sensor.Height
            ? new CropFilter((int)x, (int)y, new SensorSize((int)width, (int)height))
            : throw new ArgumentException($"The crop x = {x}, y = {y}, {width}×{height} does not lie on the {sensor} sensor.");
    }

    /// <summary>The settings of one filter as they are written.</summary>
    private sealed class Settings
    {
        private readonly string _text;
        private readonly Dictionary<string, string> _values = [];
        private readonly HashSet<string> _used = [];

        public Settings(string text, string rest)
        {
            _text = text;
            foreach (string part in rest.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (part.Split('=') is not [var key, var value] || !_values.TryAdd(key, value))
                {
                    throw new ArgumentException($"The filter \"{text}\" has \"{part}\" where a setting such as us=1000 is needed, each once.");
                }
            }
        }

        public string Word(string key, params string[] allowed)
        {
            _used.Add(key);
            return _values.TryGetValue(key, out string? value) && allowed.Contains(value) ? value : throw new ArgumentException($"The filter \"{_text}\" needs {key}={string.Join('|', allowed)}.");
        }

        public string? Text(string key, bool optional)
        {
            _used.Add(key);
            return _values.TryGetValue(key, out string? value) && value.Length > 0 ? value : optional ? null : throw new ArgumentException($"The filter \"{_text}\" needs {key}=FILE.");
        }

        public long Whole(string key, long? absent)
        {
            _used.Add(key);
            return !_values.TryGetValue(key, out string? value) && absent is { } usual ? usual
                : long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number
                : throw new ArgumentException($"The filter \"{_text}\" needs a whole number for {key}.");
        }

        public double Number(string key, double absent)
        {
            _used.Add(key);
            return !_values.TryGetValue(key, out string? value) ? absent
                : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number
                : throw new ArgumentException($"The filter \"{_text}\" needs a number for {key}.");
        }

        public void RefuseUnused()
        {
            if (_values.Keys.FirstOrDefault(key => !_used.Contains(key)) is { } unknown)
            {
                throw new ArgumentException($"The filter \"{_text}\" has no setting {unknown}. Known are: {Help}.");
            }
        }
    }
}
