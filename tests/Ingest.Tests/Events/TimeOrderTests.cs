using CsCheck;

namespace StereoSpike.Ingest.Tests.Events;

/// <summary>Events put in the order of time within a horizon, and what a pass over a file tells of it.</summary>
public sealed class TimeOrderTests
{
    private static readonly SensorSize Sensor = new(640, 480);

    [Fact]
    public void What_strays_within_the_horizon_is_sorted_and_counted() => Gen.Int[0, 100].Array[0, 300].Sample(strays =>
    {
        // Event i at 50 i µs, moved back by up to 100: never more than 150 µs before one above it.
        long[] timesUs = [.. strays.Select((stray, i) => 1000 + (50L * i) - stray)];
        using var order = new TimeOrder(EventFiles.Open(new MemoryStream(Raw(timesUs)), "test"), 150);

        List<DvsEvent> events = EventFileBytes.ReadAll(order);

        Assert.Equal(timesUs.Select((timeUs, i) => (timeUs, i)).OrderBy(e => e.timeUs).ThenBy(e => e.i), events.Select(e => (e.TimestampUs, (int)e.X)));   // stable
        Assert.Equal(timesUs.Where((timeUs, i) => i > 0 && timeUs < timesUs[..i].Max()).Count(), order.Moved);
    });

    [Theory]
    [InlineData(0, "events must be in the order of time")]
    [InlineData(49, "at most 49 µs are sorted")]
    public void What_strays_farther_is_refused_with_the_horizon_that_would_do(long horizonUs, string reason)
    {
        using var order = new TimeOrder(EventFiles.Open(new MemoryStream(Raw([100, 50])), "bent.raw"), horizonUs);

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => EventFileBytes.ReadAll(order));

        Assert.Equal($"bent.raw: event 1: lies 50 µs before one above it; {reason}. Sort it on the way: --sort 50 or more (µs).", refusal.Message);
    }

    [Fact]
    public void A_summary_tells_order_rate_and_hot_pixels()
    {
        // 200 events in 200 ms, one a pixel; then 800 at pixel (5, 5) within 800 ms, the last a step of 3 ms back.
        var summary = new EventSummary(Sensor);
        summary.Add([.. Enumerable.Range(0, 200).Select(i => new DvsEvent(1000L * i, (ushort)i, 9, Polarity.On))]);
        summary.Add([.. Enumerable.Range(200, 800).Select(i => new DvsEvent(1000L * (i == 999 ? 995 : i), 5, 5, Polarity.Off))]);

        Assert.Equal((1000L, 200L, 0L, 998_000L, 1L, 3_000L), (summary.Count, summary.On, summary.FirstUs, summary.LastUs, summary.StepsBack, summary.FarthestBackUs));
        Assert.Equal(0.8, summary.HotShare, 3);
        Assert.Equal((16_000L, 63, 1000L), (summary.RateSpanUs, summary.Rate.Length, summary.Rate.ToArray().Sum()));   // 998 ms in at most 64 spans of 2^n ms
    }

    /// <summary>A DAT file, whose records may be in any order: x tells the number of the event.</summary>
    private static byte[] Raw(long[] timesUs) =>
        [.. "% Width 640\n% Height 480\n"u8, 12, 8, .. timesUs.SelectMany((timeUs, i) => BitConverter.GetBytes((ulong)timeUs | ((ulong)i << 32)))];
}
