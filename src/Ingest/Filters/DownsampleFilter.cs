namespace StereoSpike.Ingest;

/// <summary>Joins square blocks of pixels into one, and rounds times down to a step; drops nothing but the columns and rows that fill no block.</summary>
internal sealed class DownsampleFilter : IEventFilter
{
    private readonly int _factor;
    private readonly long _stepUs;

    /// <param name="sensor">The camera's size.</param>
    /// <param name="factor">Side of a block, px, at least 1.</param>
    /// <param name="stepUs">Step of time, µs, at least 1.</param>
    public DownsampleFilter(SensorSize sensor, int factor, long stepUs)
    {
        _factor = Guard.Within(factor, 1, Math.Min(sensor.Width, sensor.Height), "factor");
        _stepUs = Guard.AtLeast(stepUs, 1L, "us");
        Output = new SensorSize(sensor.Width / factor, sensor.Height / factor);
    }

    public string Name => $"downsample:factor={_factor},us={_stepUs}";

    public SensorSize Output { get; }

    public int Apply(Span<DvsEvent> events)
    {
        int kept = 0;
        foreach (DvsEvent e in events)
        {
            int x = e.X / _factor, y = e.Y / _factor;
            long timeUs = e.TimestampUs - (((e.TimestampUs % _stepUs) + _stepUs) % _stepUs);   // down, also before 0
            events[kept] = new DvsEvent(timeUs, (ushort)x, (ushort)y, e.Polarity);
            kept += Output.Contains(x, y) ? 1 : 0;
        }

        return kept;
    }
}
