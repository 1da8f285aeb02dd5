namespace StereoSpike.Ingest;

/// <summary>One camera's events with a disparity for each, and the depth images made from them.</summary>
internal sealed class DisparityTruth
{
    private readonly EventArray _events;
    private readonly float[] _disparitiesPx;

    /// <param name="events">The camera's events.</param>
    /// <param name="disparitiesPx">One an event, shape [E], px; NaN where unknown.</param>
    /// <exception cref="ArgumentException">The two differ in length.</exception>
    public DisparityTruth(EventArray events, float[] disparitiesPx)
    {
        Guard.Length(disparitiesPx.Length, (int)events.Count, nameof(disparitiesPx));
        _events = events;
        _disparitiesPx = disparitiesPx;
    }

    /// <summary>Depth from the newest event of each pixel inside a window; NaN where there is none, or it has no disparity.</summary>
    public DepthMap Read(TimeWindow window, StereoRig rig)
    {
        var metres = new float[rig.Sensor.Pixels];
        Array.Fill(metres, float.NaN);
        ReadOnlySpan<DvsEvent> events = _events.Span;
        int end = (int)_events.LowerBound(window.EndUs);
        for (int i = (int)_events.LowerBound(window.StartUs); i < end; i++)
        {
            ref readonly DvsEvent e = ref events[i];
            float depth = (float)rig.DepthMetres(_disparitiesPx[i]);
            // A disparity so small that its depth exceeds float32 is as good as none.
            metres[(e.Y * rig.Sensor.Width) + e.X] = float.IsFinite(depth) && depth > 0 ? depth : float.NaN;
        }

        return new DepthMap(rig.Sensor, metres);
    }
}
