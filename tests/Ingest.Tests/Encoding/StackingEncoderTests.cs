using CsCheck;

namespace StereoSpike.Ingest.Tests;

public class StackingEncoderTests
{
    private static readonly SensorSize OnePixel = new(1, 1);

    [Fact]
    public void Time_is_cut_into_equal_spans()
    {
        // [0, 90) µs in three spans of 30 µs: ON at 0 and 29 are in the first, OFF at 30 in the second, ON at 89 in the third.
        StereoWindow window = Window(90, (0, true), (29, true), (30, false), (89, true));

        Assert.Equal([2f, -1f, 1f], window.Encoded(new StackingEncoder(StackedBy.Time, 3, views: 1)));
    }

    [Fact]
    public void Number_is_cut_into_equal_counts()
    {
        // Six events, three parts of two: ON ON | OFF OFF | ON OFF.
        StereoWindow window = Window(90, (0, true), (1, true), (2, false), (3, false), (4, true), (89, false));

        Assert.Equal([2f, -2f, 0f], window.Encoded(new StackingEncoder(StackedBy.Number, 3, views: 1)));
    }

    [Fact]
    public void Each_sum_is_what_the_formula_says()
    {
        (from window in AnyWindow.Gen from bins in Gen.Int[1, 9] from part in Gen.Enum<StackedBy>() select (window, bins, part)).Sample(any =>
        {
            (StereoWindow window, int bins, StackedBy part) = any;
            long Part(DvsEvent[] events, int k) => part == StackedBy.Number
                ? (long)bins * k / events.Length
                : bins * (events[k].TimestampUs - window.Window.StartUs) / window.Window.DurationUs;
            float[] expected = window.Tensor(2 * bins, (c, y, x) =>
            {
                DvsEvent[] events = window.Events((Camera)(c / bins)).ToArray();
                return Enumerable.Range(0, events.Length)
                    .Where(k => events[k].X == x && events[k].Y == y && Part(events, k) == c % bins)
                    .Sum(k => events[k].Polarity == Polarity.On ? 1 : -1);
            });

            Assert.Equal(expected, window.Encoded(new StackingEncoder(part, bins)));
        });
    }

    [Fact]
    public void Nothing_is_lost_between_parts()
    {
        (from window in AnyWindow.Gen from bins in Gen.Int[1, 40] from part in Gen.Enum<StackedBy>() select (window, bins, part)).Sample(any =>
            Assert.Equal(
                any.window.Left.ToArray().Concat(any.window.Right.ToArray()).Sum(e => e.Polarity == Polarity.On ? 1 : -1),
                any.window.Encoded(new StackingEncoder(any.part, any.bins)).Sum()));
    }

    [Fact]
    public void The_count_image_holds_every_event_once()
    {
        AnyWindow.Gen.Sample(window => Assert.Equal(
            window.Tensor(2, (c, y, x) => window.Events((Camera)c).ToArray().Count(e => e.X == x && e.Y == y)),
            window.Encoded(new EventCountEncoder())));
    }

    private static StereoWindow Window(long endUs, params (long TimeUs, bool On)[] events) => new(
        new TimeWindow(0, endUs), OnePixel, events.Select(e => new DvsEvent(e.TimeUs, 0, 0, e.On ? Polarity.On : Polarity.Off)).ToArray(), default);
}
