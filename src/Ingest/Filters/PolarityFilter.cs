namespace StereoSpike.Ingest;

/// <summary>Keeps the events of one polarity.</summary>
internal sealed class PolarityFilter(SensorSize sensor, Polarity keep) : IEventFilter
{
    public string Name => $"polarity:keep={(keep == Polarity.On ? "on" : "off")}";

    public SensorSize Output => sensor;

    public int Apply(Span<DvsEvent> events)
    {
        int kept = 0;
        foreach (DvsEvent e in events)
        {
            events[kept] = e;
            kept += e.Polarity == keep ? 1 : 0;
        }

        return kept;
    }
}
