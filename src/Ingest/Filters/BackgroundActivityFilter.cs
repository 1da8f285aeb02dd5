namespace StereoSpike.Ingest;

/// <summary>Drops events that no neighbour supports: noise is alone, an edge is not.</summary>
/// <remarks>
/// keep ⇔ one of the eight neighbours had an event, kept or not, in the last dt: t − t_last(x', y') ≤ dt. Source: T. Delbruck, "Frame-free dynamic digital vision", Intl. Symp. on Secure-Life Electronics 2008.
/// A border of one pixel around the sensor saves the check at its edges.
/// </remarks>
internal sealed class BackgroundActivityFilter : IEventFilter
{
    private readonly long _dtUs;
    private readonly int _stride;
    private readonly long[] _lastUs;   // with the border, shape [H + 2, W + 2]

    public BackgroundActivityFilter(SensorSize sensor, long dtUs)
    {
        Output = sensor;
        _dtUs = Guard.AtLeast(dtUs, 1L, "us");
        _stride = sensor.Width + 2;
        _lastUs = new long[_stride * (sensor.Height + 2)];
        Array.Fill(_lastUs, long.MinValue / 2);
    }

    public string Name => $"background:us={_dtUs}";

    public SensorSize Output { get; }

    public int Apply(Span<DvsEvent> events)
    {
        int kept = 0;
        foreach (DvsEvent e in events)
        {
            int at = ((e.Y + 1) * _stride) + e.X + 1;
            ReadOnlySpan<long> above = _lastUs.AsSpan(at - _stride - 1, 3), below = _lastUs.AsSpan(at + _stride - 1, 3);
            long newestUs = Math.Max(Math.Max(Math.Max(above[0], above[1]), Math.Max(above[2], _lastUs[at - 1])), Math.Max(Math.Max(below[0], below[1]), Math.Max(below[2], _lastUs[at + 1])));
            _lastUs[at] = e.TimestampUs;
            events[kept] = e;
            kept += e.TimestampUs - newestUs <= _dtUs ? 1 : 0;
        }

        return kept;
    }
}
