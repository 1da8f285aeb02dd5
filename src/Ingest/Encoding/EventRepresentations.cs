namespace StereoSpike.Ingest;

/// <summary>Makes representations of one camera's events from their names: every encoder of one camera, and averaged time surfaces.</summary>
public static class EventRepresentations
{
    private const string Hats = "averaged-surface";

    /// <summary>Every name with its settings at their defaults.</summary>
    public static IReadOnlyList<string> Usages { get; } =
        ["histogram", "count", "voxel:bins=5", "time-surface:tau-ms=20", "stack-time:bins=3", "stack-number:bins=3", $"{Hats}:cell=10,radius=3,tau-ms=20"];

    /// <summary>Makes a representation.</summary>
    /// <param name="name">Such as <c>voxel:bins=9</c>.</param>
    /// <exception cref="ArgumentException">There is no such name or setting, or it needs two cameras; the message lists what there is.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its setting's range.</exception>
    public static IEventRepresentation Create(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        string known = string.Join("; ", Usages), kind = name.Split(':')[0].Trim();
        if (kind == Hats)
        {
            EncoderSettings settings = EncoderSettings.Parse(name, known);
            var surface = new AveragedTimeSurface(settings.Whole("cell", 10), settings.Whole("radius", 3), settings.Number("tau-ms", 20));
            settings.RefuseUnused();
            return surface;
        }

        return Usages.Any(usage => usage.Split(':')[0] == kind)
            ? new Encoded(EncoderCatalogue.Create(EncoderCatalogue.Monocular(name)))
            : throw new ArgumentException($"There is no representation '{kind}'. There are, with their defaults: {known}.", nameof(name));
    }

    /// <summary>An encoder that sees one camera.</summary>
    private sealed class Encoded(IStereoEncoder encoder) : IEventRepresentation
    {
        public string Name { get; } = encoder.Name.Replace(",views=1", "", StringComparison.Ordinal).Replace(":views=1", "", StringComparison.Ordinal);

        public bool HasSigns => encoder is VoxelGridEncoder or StackingEncoder;

        public int[] Shape(SensorSize sensor) => [encoder.Channels, sensor.Height, sensor.Width];

        public IReadOnlyList<string> Titles { get; } = encoder switch
        {
            EventCountEncoder => ["events"],
            PolarityHistogramEncoder or TimeSurfaceEncoder => ["ON", "OFF"],
            _ => [.. Enumerable.Range(0, encoder.Channels).Select(bin => $"bin {bin}")],
        };

        public SensorSize PictureSize(SensorSize sensor) => sensor;

        public float[] Pictures(float[] array, SensorSize sensor) => array;

        public void Represent(ReadOnlyMemory<DvsEvent> events, TimeWindow window, SensorSize sensor, Span<float> destination) =>
            encoder.Encode(new StereoWindow(window, sensor, events, default), destination);
    }
}
