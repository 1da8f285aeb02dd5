using CsCheck;

namespace StereoSpike.Ingest.Tests;

/// <summary>Windows for properties: sensors narrower and wider than a machine word, from no event to many a pixel.</summary>
internal static class AnyWindow
{
    public static readonly Gen<StereoWindow> Gen =
        from width in CsCheck.Gen.Int[1, 150]
        from height in CsCheck.Gen.Int[1, 5]
        from startUs in CsCheck.Gen.Long[-1_000, 1_000_000]
        from durationUs in CsCheck.Gen.Long[1, 5_000]
        let sensor = new SensorSize(width, height)
        let window = new TimeWindow(startUs, startUs + durationUs)
        from left in Events(sensor, window)
        from right in Events(sensor, window)
        select new StereoWindow(window, sensor, left, right);

    /// <summary>The same window with every event changed, in time order again.</summary>
    public static StereoWindow Map(this StereoWindow window, Func<DvsEvent, DvsEvent> change) =>
        window with { Left = Changed(window.Left, change), Right = Changed(window.Right, change) };

    /// <summary>What an encoder makes of a window; garbage stands in the memory before.</summary>
    public static float[] Encoded(this StereoWindow window, IStereoEncoder encoder)
    {
        var values = new float[encoder.Channels * window.Sensor.Pixels];
        Array.Fill(values, float.NaN);
        encoder.Encode(window, values);
        return values;
    }

    /// <summary>A tensor [C,H,W] worked out value by value.</summary>
    public static float[] Tensor(this StereoWindow window, int channels, Func<int, int, int, double> value) =>
        [.. from c in Enumerable.Range(0, channels)
            from y in Enumerable.Range(0, window.Sensor.Height)
            from x in Enumerable.Range(0, window.Sensor.Width)
            select (float)value(c, y, x)];

    /// <summary>A camera's events of one pixel and polarity.</summary>
    public static IEnumerable<DvsEvent> At(this StereoWindow window, Camera camera, Polarity polarity, int y, int x) =>
        window.Events(camera).ToArray().Where(e => e.X == x && e.Y == y && e.Polarity == polarity);

    private static Gen<DvsEvent[]> Events(SensorSize sensor, TimeWindow window) =>
        CsCheck.Gen.Select(
            CsCheck.Gen.Long[window.StartUs, window.EndUs - 1],
            CsCheck.Gen.Int[0, sensor.Width - 1],
            CsCheck.Gen.Int[0, sensor.Height - 1],
            CsCheck.Gen.Bool,
            (timeUs, x, y, on) => new DvsEvent(timeUs, (ushort)x, (ushort)y, on ? Polarity.On : Polarity.Off))
        .Array[0, 60]
        .Select(InOrder);

    private static DvsEvent[] Changed(ReadOnlyMemory<DvsEvent> events, Func<DvsEvent, DvsEvent> change) =>
        InOrder([.. events.ToArray().Select(change)]);

    private static DvsEvent[] InOrder(DvsEvent[] events) => [.. events.OrderBy(e => e.TimestampUs)];
}
