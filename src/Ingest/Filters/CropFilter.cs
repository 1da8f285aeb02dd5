namespace StereoSpike.Ingest;

/// <summary>Keeps a rectangle of the sensor, which becomes the sensor: its upper left pixel is then (0, 0).</summary>
internal sealed class CropFilter(int left, int top, SensorSize size) : IEventFilter
{
    public string Name => $"crop:x={left},y={top},width={size.Width},height={size.Height}";

    public SensorSize Output => size;

    public int Apply(Span<DvsEvent> events)
    {
        int kept = 0;
        foreach (DvsEvent e in events)
        {
            int x = e.X - left, y = e.Y - top;
            events[kept] = e with { X = (ushort)x, Y = (ushort)y };
            kept += size.Contains(x, y) ? 1 : 0;   // a dropped one is overwritten by the next
        }

        return kept;
    }
}
