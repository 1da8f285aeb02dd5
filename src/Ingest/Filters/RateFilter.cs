namespace StereoSpike.Ingest;

/// <summary>Caps the rate of events: of each millisecond the first so many are kept.</summary>
internal sealed class RateFilter : IEventFilter
{
    private const long SpanUs = 1_000;
    private readonly long _perSecond;
    private readonly long _perSpan;
    private long _span = long.MinValue;
    private long _taken;

    /// <param name="sensor">The camera's size.</param>
    /// <param name="perSecond">Events a second, at least 1,000.</param>
    public RateFilter(SensorSize sensor, long perSecond)
    {
        Output = sensor;
        _perSecond = Guard.AtLeast(perSecond, 1_000_000 / SpanUs, "max");
        _perSpan = perSecond * SpanUs / 1_000_000;
    }

    public string Name => $"rate:max={_perSecond}";

    public SensorSize Output { get; }

    public int Apply(Span<DvsEvent> events)
    {
        int kept = 0;
        foreach (DvsEvent e in events)
        {
            long span = e.TimestampUs / SpanUs;
            _taken = span == _span ? _taken + 1 : 1;
            _span = span;
            events[kept] = e;
            kept += _taken <= _perSpan ? 1 : 0;
        }

        return kept;
    }
}
