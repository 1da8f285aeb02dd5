namespace StereoSpike.Ingest;

/// <summary>Makes encoders from their names, as they stand in settings, weights files and on the command line.</summary>
/// <remarks>
/// A name is <c>kind</c> or <c>kind:key=value,key=value</c>; what is left out takes its default. An encoder's own
/// <see cref="IStereoEncoder.Name"/> makes an equal one again.
/// </remarks>
public static class EncoderCatalogue
{
    private static readonly (string Usage, Func<EncoderSettings, IStereoEncoder> Make)[] Kinds =
    [
        ("histogram:views=2", s => new PolarityHistogramEncoder(s.Whole("views", 2))),
        ("voxel:bins=5,views=2", s => new VoxelGridEncoder(s.Whole("bins", 5), s.Whole("views", 2))),
        ("time-surface:tau-ms=20,views=2", s => new TimeSurfaceEncoder(s.Number("tau-ms", 20), s.Whole("views", 2))),
        ("count:views=2", s => new EventCountEncoder(s.Whole("views", 2))),
        ("stack-time:bins=3,views=2", s => new StackingEncoder(StackedBy.Time, s.Whole("bins", 3), s.Whole("views", 2))),
        ("stack-number:bins=3,views=2", s => new StackingEncoder(StackedBy.Number, s.Whole("bins", 3), s.Whole("views", 2))),
        ("coincidence:disparities=32,step=1", s => new CoincidenceEncoder(s.Whole("disparities", 32), s.Whole("step", 1))),
    ];

    /// <summary>Every kind with its settings at their defaults, such as <c>voxel:bins=5,views=2</c>.</summary>
    public static IReadOnlyList<string> Usages { get; } = [.. Kinds.Select(kind => kind.Usage)];

    /// <summary>Makes an encoder.</summary>
    /// <param name="name">Such as <c>histogram</c>, <c>histogram:views=1</c>, <c>voxel:bins=5</c>, <c>time-surface:tau-ms=20</c> or <c>coincidence:disparities=32,step=1</c>.</param>
    /// <returns>The encoder.</returns>
    /// <exception cref="ArgumentException">There is no such encoder or setting, or a value cannot be read; the message lists what there is.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its setting's range.</exception>
    public static IStereoEncoder Create(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        string known = string.Join("; ", Usages);
        EncoderSettings settings = EncoderSettings.Parse(name, known);
        foreach ((string usage, Func<EncoderSettings, IStereoEncoder> make) in Kinds)
        {
            if (usage.AsSpan(0, usage.IndexOf(':')).SequenceEqual(settings.Kind))
            {
                IStereoEncoder encoder = make(settings);
                settings.RefuseUnused();
                return encoder;
            }
        }

        throw new ArgumentException($"There is no encoder '{settings.Kind}'. There are, with their defaults: {known}.", nameof(name));
    }

    /// <summary>The encoder of the same kind that looks at the left camera alone.</summary>
    /// <param name="name">An encoder's name.</param>
    /// <exception cref="ArgumentException">That kind needs two cameras.</exception>
    public static string Monocular(string name)
    {
        string whole = Create(name).Name;
        return whole.Contains("views=1", StringComparison.Ordinal) ? whole : Create($"{whole}{(whole.Contains(':', StringComparison.Ordinal) ? ',' : ':')}views=1").Name;
    }
}
