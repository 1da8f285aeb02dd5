namespace StereoSpike.Ingest;

/// <summary>Mirrors the image along one axis or both; drops nothing. A stereo pair that is mirrored horizontally must also exchange its cameras.</summary>
internal sealed class FlipFilter(SensorSize sensor, bool horizontally, bool vertically) : IEventFilter
{
    public string Name => $"flip:axis={(horizontally, vertically) switch { (true, true) => "xy", (true, false) => "x", _ => "y" }}";

    public SensorSize Output => sensor;

    public int Apply(Span<DvsEvent> events)
    {
        foreach (ref DvsEvent e in events)
        {
            e = e with { X = (ushort)(horizontally ? sensor.Width - 1 - e.X : e.X), Y = (ushort)(vertically ? sensor.Height - 1 - e.Y : e.Y) };
        }

        return events.Length;
    }
}
