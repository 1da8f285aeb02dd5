namespace StereoSpike.Ingest;

/// <summary>Turns dense labels into truth at events on their way to another sink: at each pixel that fired in the label period before the label, the depth of what made its newest event.</summary>
/// <remarks>A label is handed on when its camera's clock has passed it, so that a clock that lags or leads changes no window. Memory holds the windows under way.</remarks>
internal sealed class EventTruth(StereoRig rig, long labelPeriodUs, ISimulationSink inner) : ISimulationSink
{
    private readonly View[] _views = [new(), new()];

    public void TakeEvents(Camera camera, ReadOnlySpan<DvsEvent> events, ReadOnlySpan<float> disparitiesPx)
    {
        Queue<long> labels = _views[(int)camera].LabelsUs;
        while (events.Length > 0)
        {
            int before = labels.TryPeek(out long labelUs) ? CountBefore(events, labelUs) : events.Length;
            if (before > 0)
            {
                Note(camera, events[..before], disparitiesPx[..before]);
                inner.TakeEvents(camera, events[..before], disparitiesPx[..before]);
            }

            if (before < events.Length)
            {
                HandOn(camera);
            }

            events = events[before..];
            disparitiesPx = disparitiesPx[before..];
        }
    }

    public void TakeDepth(Camera camera, long timeUs, DepthMap depth) => _views[(int)camera].LabelsUs.Enqueue(timeUs);

    public void Complete()
    {
        foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
        {
            while (_views[(int)camera].LabelsUs.Count > 0)
            {
                HandOn(camera);
            }
        }

        inner.Complete();
    }

    private static int CountBefore(ReadOnlySpan<DvsEvent> events, long timeUs)
    {
        int before = 0;
        while (before < events.Length && events[before].TimestampUs < timeUs)
        {
            before++;
        }

        return before;
    }

    private void Note(Camera camera, ReadOnlySpan<DvsEvent> events, ReadOnlySpan<float> disparitiesPx)
    {
        RectificationMap? map = rig.Map(camera);
        for (int i = 0; i < events.Length; i++)
        {
            int pixel = (events[i].Y * rig.Sensor.Width) + events[i].X;
            pixel = map is null ? pixel : map.Targets[pixel];
            if (pixel >= 0 && disparitiesPx[i] > 0f)
            {
                Window(camera, Math.DivRem(events[i].TimestampUs, labelPeriodUs).Quotient).Metres[pixel] = (float)rig.DepthMetres(disparitiesPx[i]);
            }
        }
    }

    private DepthMap Window(Camera camera, long index)
    {
        Dictionary<long, DepthMap> windows = _views[(int)camera].Windows;
        if (!windows.TryGetValue(index, out DepthMap? depth))
        {
            windows.Add(index, depth = DepthMap.Unknown(rig.Sensor));
        }

        return depth;
    }

    private void HandOn(Camera camera)
    {
        View view = _views[(int)camera];
        long labelUs = view.LabelsUs.Dequeue(), window = (labelUs / labelPeriodUs) - 1;
        inner.TakeDepth(camera, labelUs, Window(camera, window));
        view.Windows.Remove(window);
    }

    private sealed class View
    {
        public Queue<long> LabelsUs { get; } = new();

        public Dictionary<long, DepthMap> Windows { get; } = [];
    }
}
