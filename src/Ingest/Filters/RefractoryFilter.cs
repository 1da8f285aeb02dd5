namespace StereoSpike.Ingest;

/// <summary>Drops what a pixel reports sooner than a period after its last event that was kept.</summary>
/// <remarks>keep ⇔ t − t_kept(x, y) ≥ period. Source: T. Delbruck, "Frame-free dynamic digital vision", Intl. Symp. on Secure-Life Electronics 2008.</remarks>
internal sealed class RefractoryFilter : IEventFilter
{
    private readonly long _periodUs;
    private readonly long[] _keptUs;

    public RefractoryFilter(SensorSize sensor, long periodUs)
    {
        Output = sensor;
        _periodUs = Guard.AtLeast(periodUs, 1L, "us");
        _keptUs = new long[sensor.Pixels];
        Array.Fill(_keptUs, long.MinValue / 2);   // long before any event, without overflow in the difference
    }

    public string Name => $"refractory:us={_periodUs}";

    public SensorSize Output { get; }

    public int Apply(Span<DvsEvent> events)
    {
        int kept = 0, width = Output.Width;
        foreach (DvsEvent e in events)
        {
            ref long lastUs = ref _keptUs[(e.Y * width) + e.X];
            if (e.TimestampUs - lastUs >= _periodUs)
            {
                lastUs = e.TimestampUs;
                events[kept++] = e;
            }
        }

        return kept;
    }
}
