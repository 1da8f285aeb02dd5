namespace StereoSpike.Benchmarks;

/// <summary>Seeded events, in time order.</summary>
internal static class SyntheticEvents
{
    /// <summary>Events all over the sensor, uniform in place and time: the worst case for caches, since no pixel follows its neighbour.</summary>
    public static DvsEvent[] Scattered(SensorSize sensor, TimeWindow window, int count, int seed)
    {
        var random = new Random(seed);
        long[] timesUs = Times(window, count, random);
        return [.. timesUs.Select(timeUs => new DvsEvent(
            timeUs, (ushort)random.Next(sensor.Width), (ushort)random.Next(sensor.Height), (Polarity)random.Next(2)))];
    }

    /// <summary>Events of a vertical edge that sweeps the sensor: what a recording looks like, few pixels at a time and many events on each.</summary>
    public static DvsEvent[] Edge(SensorSize sensor, TimeWindow window, int count, int seed)
    {
        var random = new Random(seed);
        long[] timesUs = Times(window, count, random);
        double pxPerUs = sensor.Width / 20.0 / window.DurationUs;   // a twentieth of the sensor in a window
        return [.. timesUs.Select(timeUs => new DvsEvent(
            timeUs, (ushort)((sensor.Width / 2) + ((timeUs - window.StartUs) * pxPerUs) + random.Next(3)), (ushort)random.Next(sensor.Height), (Polarity)random.Next(2)))];
    }

    private static long[] Times(TimeWindow window, int count, Random random)
    {
        long[] timesUs = [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(window.StartUs, window.EndUs))];
        Array.Sort(timesUs);
        return timesUs;
    }
}
