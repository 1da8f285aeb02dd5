using CsCheck;
using StereoSpike.Ingest.Tests.Events;

namespace StereoSpike.Ingest.Tests.Filters;

/// <summary>Each filter on events whose fate is worked out by hand; together, that they count what they drop.</summary>
public sealed class EventFilterTests
{
    private static readonly SensorSize Sensor = new(8, 6);

    [Fact]
    public void A_crop_becomes_the_sensor() =>
        Check("crop:x=2,y=1,width=3,height=4", [At(0, 2, 1), At(1, 1, 1), At(2, 4, 4), At(3, 5, 4), At(4, 4, 5)], [At(0, 0, 0), At(2, 2, 3)], new SensorSize(3, 4));

    [Fact]
    public void A_flip_mirrors_and_drops_nothing()
    {
        Check("flip:axis=x", [At(0, 0, 1)], [At(0, 7, 1)], Sensor);
        Check("flip:axis=xy", [At(0, 0, 1)], [At(0, 7, 4)], Sensor);
    }

    [Fact]
    public void One_polarity_stays() => Check("polarity:keep=off", [At(0, 0, 0), At(1, 0, 0, Polarity.Off)], [At(1, 0, 0, Polarity.Off)], Sensor);

    [Fact]
    public void A_pixel_rests_after_each_event_that_was_kept() =>
        Check("refractory:us=100", [At(0, 1, 1), At(99, 1, 1), At(99, 2, 1), At(100, 1, 1), At(150, 1, 1), At(200, 1, 1)], [At(0, 1, 1), At(99, 2, 1), At(100, 1, 1), At(200, 1, 1)], Sensor);

    [Fact]
    public void An_event_alone_is_noise() =>
        // The first has no neighbour yet; the second has it. (7, 5) is far off; the pixel itself is no neighbour; the last neighbour came too long ago.
        Check("background:us=50", [At(0, 0, 0), At(50, 1, 1), At(60, 7, 5), At(61, 7, 5), At(101, 2, 2)], [At(50, 1, 1)], Sensor);

    [Fact]
    public void Support_by_several_neighbours_can_be_asked_for() =>
        // (1, 1) has one neighbour when it comes, (0, 1) has two: (0, 0) and (1, 1). (0, 0) again has two, but at 200 they came too long ago.
        Check("background:us=50,neighbours=2", [At(0, 0, 0), At(1, 1, 1), At(2, 0, 1), At(3, 0, 0), At(200, 0, 0)], [At(2, 0, 1), At(3, 0, 0)], Sensor);

    [Fact]
    public void What_was_learned_of_hot_pixels_is_kept_and_used_again()
    {
        using var folder = new StereoSpike.Tests.TemporaryFolder();
        string mask = folder.File("hot.txt");
        DvsEvent[] events = [.. Enumerable.Range(0, 32).Select(i => At(i, i % 8, i / 8 % 2)), .. Enumerable.Range(32, 8).Select(i => At(i, 7, 5))];

        EventFilters.Parse($"hot:deviations=3,learn=40,keep={mask}", Sensor).Apply([.. events]);

        Assert.Equal("# 8x6\n7 5\n", File.ReadAllText(mask));
        Check($"mask:file={mask}", [At(0, 7, 5), At(1, 0, 0)], [At(1, 0, 0)], Sensor);
        Assert.Contains("line 1: is not \"# 9x6\"", Assert.Throws<InvalidDataException>(() => EventFilters.Parse($"mask:file={mask}", new SensorSize(9, 6))).Message, StringComparison.Ordinal);
        File.AppendAllText(mask, "8 0\n");
        Assert.Contains("line 3: is no pixel", Assert.Throws<InvalidDataException>(() => EventFilters.Parse($"mask:file={mask}", Sensor)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_is_scored_by_what_it_keeps_of_signal_and_noise()
    {
        // Signal: (1, 1) and (2, 1) in turn, each supported by the other from the second event on. Noise: alone at (7, 5), and one that falls beside the signal.
        DvsEvent[] events = [At(0, 1, 1), At(10, 2, 1), At(20, 7, 5), At(30, 1, 1), At(40, 2, 2)];
        bool[] noise = [false, false, true, false, true];

        DenoiserPoint point = DenoiserScore.Measure(events, noise, Sensor, "background:us=50");

        Assert.Equal(new DenoiserPoint("background:us=50", 2.0 / 3, 0.5), point);

        // Trapezoids below (0, 0), (½, ⅔), (1, 1): ½ · ⅓ + ½ · ⅚ = 7/12.
        Assert.Equal(7.0 / 12, DenoiserScore.AreaUnder([point]), 1e-12);
        Assert.Equal(0.5, DenoiserScore.AreaUnder([]));
        Assert.Equal(1, DenoiserScore.AreaUnder([new DenoiserPoint("", 1, 0)]));
    }

    [Fact]
    public void A_hot_pixel_is_silenced_once_it_is_known()
    {
        // 40 events, 2 at each of 16 pixels and 8 at (7, 5): mean 40/17, deviation 1.4; 8 > mean + 3 · 1.4. Those that taught it pass, all but the last of them.
        DvsEvent[] events = [.. Enumerable.Range(0, 32).Select(i => At(i, i % 8, i / 8 % 2)), .. Enumerable.Range(32, 8).Select(i => At(i, 7, 5)), At(50, 7, 5), At(51, 0, 0)];

        Check("hot:deviations=3,learn=40", events, [.. events[..39], At(51, 0, 0)], Sensor);
    }

    [Fact]
    public void Blocks_become_pixels_and_times_are_rounded_down() =>
        Check("downsample:factor=3,us=10", [At(19, 5, 5), At(29, 6, 0)], [At(10, 1, 1)], new SensorSize(2, 2));   // column 6 fills no block

    [Fact]
    public void A_millisecond_takes_its_share_of_the_rate() =>
        Check("rate:max=2000", [At(0, 0, 0), At(1, 0, 0), At(2, 0, 0), At(1000, 0, 0)], [At(0, 0, 0), At(1, 0, 0), At(1000, 0, 0)], Sensor);

    [Theory]
    [InlineData("sharpen", "There is no filter \"sharpen\"")]
    [InlineData("crop:x=7,width=2", "does not lie on the 8×6 sensor")]
    [InlineData("refractory:ms=1", "has no setting ms")]
    [InlineData("refractory:us=0", "us must be at least 1")]
    [InlineData("flip", "needs axis=x|y|xy")]
    [InlineData("rate", "needs a whole number for max")]
    public void A_wrong_filter_is_told_what_is_right(string text, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => EventFilters.Parse(text, Sensor)).Message, StringComparison.Ordinal);

    [Fact]
    public void Filters_work_one_after_another_whatever_the_batches_and_count_what_they_drop()
    {
        string[] filters = ["crop:x=1,y=1", "refractory:us=30", "background:us=200", "downsample:factor=2"];
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 7], Gen.Int[0, 5]).Array[1, 400].Sample(steps =>
        {
            long timeUs = 0;
            byte[] file = EventFileBytes.Write(EventFormat.Dat, Sensor, [.. steps.Select(step => At(timeUs += step.Item1, step.Item2, step.Item3))]);
            using var small = new FilteredEvents(EventFiles.Open(new MemoryStream(file), "test"), filters);
            using var large = new FilteredEvents(EventFiles.Open(new MemoryStream(file), "test"), filters);

            List<DvsEvent> events = EventFileBytes.ReadAll(small, EventFiles.SmallestBatch);

            Assert.Equal(EventFileBytes.ReadAll(large, 4096), events);
            Assert.Equal(steps.Length, events.Count + small.Dropped.Values.Sum());
            Assert.Equal(new SensorSize(3, 2), small.Sensor);
        });
    }

    private static DvsEvent At(long timeUs, int x, int y, Polarity polarity = Polarity.On) => new(timeUs, (ushort)x, (ushort)y, polarity);

    private static void Check(string text, DvsEvent[] events, DvsEvent[] expected, SensorSize sensor)
    {
        IEventFilter filter = EventFilters.Parse(text, Sensor);
        DvsEvent[] copy = [.. events];
        int kept = filter.Apply(copy);

        Assert.Equal(expected, copy[..kept]);
        Assert.Equal(sensor, filter.Output);
        Assert.StartsWith(text.Split(':')[0], filter.Name, StringComparison.Ordinal);
        Assert.Equal(filter.Name, EventFilters.Parse(filter.Name, Sensor).Name);   // it can be written down
    }
}
