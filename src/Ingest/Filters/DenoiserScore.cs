namespace StereoSpike.Ingest;

/// <summary>Scores filters against noise events that are known, as the simulator knows them.</summary>
/// <remarks>
/// A filter's setting is a point: the share of signal it keeps over the share of noise it keeps. The points of one filter at many settings are its receiver operating characteristic; the area below it is 1 for a filter
/// that tells all noise from all signal, ½ for one that draws lots. Source: Guo and Delbruck, "Low Cost and Latency Event Camera Background Activity Denoising", TPAMI 2023, who score denoisers so, on noise mixed into clean recordings.
/// </remarks>
public static class DenoiserScore
{
    /// <summary>Runs a filter over events and counts what it kept.</summary>
    /// <param name="events">In time order, on the sensor.</param>
    /// <param name="noise">For each event whether it is noise; as long.</param>
    /// <param name="sensor">The camera's size.</param>
    /// <param name="filter">As <see cref="EventFilters.Parse"/> takes it.</param>
    /// <returns>The point; a share of nothing is NaN.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or the filter is unknown.</exception>
    public static DenoiserPoint Measure(ReadOnlySpan<DvsEvent> events, ReadOnlySpan<bool> noise, SensorSize sensor, string filter)
    {
        Guard.Length(noise.Length, events.Length, nameof(noise));
        IEventFilter made = EventFilters.Parse(filter, sensor);
        Span<DvsEvent> one = stackalloc DvsEvent[1];
        Span<long> all = stackalloc long[2], kept = stackalloc long[2];
        for (int i = 0; i < events.Length; i++)
        {
            one[0] = events[i];
            int kind = noise[i] ? 1 : 0;
            all[kind]++;
            kept[kind] += made.Apply(one);
        }

        return new DenoiserPoint(made.Name, (double)kept[0] / all[0], (double)kept[1] / all[1]);
    }

    /// <summary>The area below the characteristic through some points and its two ends, where nothing and where everything is kept; by trapezoids.</summary>
    public static double AreaUnder(IEnumerable<DenoiserPoint> points)
    {
        double area = 0, x = 0, y = 0;
        foreach (DenoiserPoint point in points.OrderBy(point => point.NoiseKept).ThenBy(point => point.SignalKept).Append(new DenoiserPoint("", 1, 1)))
        {
            area += (point.NoiseKept - x) * (point.SignalKept + y) / 2;
            (x, y) = (point.NoiseKept, point.SignalKept);
        }

        return area;
    }
}
