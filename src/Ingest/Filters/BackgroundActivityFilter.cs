namespace StereoSpike.Ingest;

/// <summary>Drops events that no neighbour supports: noise is alone, an edge is not.</summary>
/// <remarks>
/// keep ⇔ at least k of the eight neighbours had an event, kept or not, in the last dt: t − t_last(x', y') ≤ dt; k = 1 is the classical filter, more is the spatiotemporal correlation filter (STCF) of Guo and Delbruck,
/// "Low Cost and Latency Event Camera Background Activity Denoising", TPAMI 2023. Source: T. Delbruck, "Frame-free dynamic digital vision", Intl. Symp. on Secure-Life Electronics 2008.
/// A border of one pixel around the sensor saves the check at its edges.
/// </remarks>
internal sealed class BackgroundActivityFilter : IEventFilter
{
    private readonly long _dtUs;
    private readonly int _neighbours;
    private readonly int _stride;
    private readonly long[] _lastUs;   // with the border, shape [H + 2, W + 2]

    public BackgroundActivityFilter(SensorSize sensor, long dtUs, long neighbours = 1)
    {
        Output = sensor;
        _dtUs = Guard.AtLeast(dtUs, 1L, "us");
        _neighbours = (int)Guard.Within(neighbours, 1L, 8L, "neighbours");
        _stride = sensor.Width + 2;
        _lastUs = new long[_stride * (sensor.Height + 2)];
        Array.Fill(_lastUs, long.MinValue / 2);
    }

    public string Name => $"background:us={_dtUs}{(_neighbours == 1 ? "" : $",neighbours={_neighbours}")}";

    public SensorSize Output { get; }

    public int Apply(Span<DvsEvent> events)
    {
        int kept = 0;
        foreach (DvsEvent e in events)
        {
            int at = ((e.Y + 1) * _stride) + e.X + 1;
            ReadOnlySpan<long> above = _lastUs.AsSpan(at - _stride - 1, 3), below = _lastUs.AsSpan(at + _stride - 1, 3);
            long sinceUs = e.TimestampUs - _dtUs;
            int seen = Lately(above[0], sinceUs) + Lately(above[1], sinceUs) + Lately(above[2], sinceUs) + Lately(_lastUs[at - 1], sinceUs)
                + Lately(_lastUs[at + 1], sinceUs) + Lately(below[0], sinceUs) + Lately(below[1], sinceUs) + Lately(below[2], sinceUs);
            _lastUs[at] = e.TimestampUs;
            events[kept] = e;
            kept += seen >= _neighbours ? 1 : 0;
        }

        return kept;
    }

    private static int Lately(long lastUs, long sinceUs) => lastUs >= sinceUs ? 1 : 0;
}
