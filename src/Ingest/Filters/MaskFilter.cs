namespace StereoSpike.Ingest;

/// <summary>Drops the events of pixels that a file lists.</summary>
internal sealed class MaskFilter(SensorSize sensor, string path) : IEventFilter
{
    private readonly bool[] _out = PixelMask.Read(path, sensor);

    public string Name => $"mask:file={path}";

    public SensorSize Output => sensor;

    public int Apply(Span<DvsEvent> events)
    {
        int kept = 0;
        foreach (DvsEvent e in events)
        {
            events[kept] = e;
            kept += _out[(e.Y * sensor.Width) + e.X] ? 0 : 1;
        }

        return kept;
    }
}
