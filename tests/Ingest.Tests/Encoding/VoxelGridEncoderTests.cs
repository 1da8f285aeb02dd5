using CsCheck;

namespace StereoSpike.Ingest.Tests;

public class VoxelGridEncoderTests
{
    private static readonly SensorSize OnePixel = new(1, 1);

    [Fact]
    public void An_event_is_shared_between_the_two_bins_nearest_to_it()
    {
        // Three bins over [0, 128) µs are centred on 0, 64 and 128 µs.
        // Left, ON at 80 µs: t* = 2 · 80 / 128 = 1.25, so bin 1 gets 0.75 and bin 2 gets 0.25.
        // Right, OFF at 0 µs: t* = 0, so bin 0 gets −1.
        StereoWindow window = Window([new(80, 0, 0, Polarity.On)], [new(0, 0, 0, Polarity.Off)]);

        Assert.Equal([0f, 0.75f, 0.25f, -1f, 0f, 0f], window.Encoded(new VoxelGridEncoder(bins: 3)));
        Assert.Equal([0f, 0.75f, 0.25f], window.Encoded(new VoxelGridEncoder(bins: 3, views: 1)));
    }

    [Fact]
    public void An_event_in_the_last_bin_keeps_its_whole_mass()
    {
        // tonic scales by B where e2vid scales by B − 1. Two bins over [0, 128) µs, ON at 96 µs:
        //   e2vid: t* = 1 · 96 / 128 = 0.75  →  0.25, 0.75: all of it
        //   tonic: t* = 2 · 96 / 128 = 1.5   →  0, 0.5 and 0.5 in a bin 2 that there is not: half of it
        StereoWindow window = Window([new(96, 0, 0, Polarity.On)], []);

        Assert.Equal([0.25f, 0.75f], window.Encoded(new VoxelGridEncoder(bins: 2, views: 1)));
    }

    [Fact]
    public void Each_voxel_holds_what_the_formula_says()
    {
        (from window in AnyWindow.Gen from bins in Gen.Int[1, 9] select (window, bins)).Sample(any =>
        {
            (StereoWindow window, int bins) = any;
            double Share(DvsEvent e, int bin)
            {
                double position = (bins - 1) * (double)(e.TimestampUs - window.Window.StartUs) / window.Window.DurationUs;
                return (e.Polarity == Polarity.On ? 1 : -1) * Math.Max(0, 1 - Math.Abs(bin - position));
            }

            float[] expected = window.Tensor(2 * bins, (c, y, x) =>
                window.At((Camera)(c / bins), Polarity.On, y, x)
                    .Concat(window.At((Camera)(c / bins), Polarity.Off, y, x))
                    .Sum(e => Share(e, c % bins)));

            AssertNear(expected, window.Encoded(new VoxelGridEncoder(bins)));
        });
    }

    [Fact]
    public void The_sum_is_the_ON_minus_the_OFF_events()
    {
        (from window in AnyWindow.Gen from bins in Gen.Int[1, 9] select (window, bins)).Sample(any =>
        {
            int[] signs = [.. any.window.Left.ToArray().Concat(any.window.Right.ToArray()).Select(e => e.Polarity == Polarity.On ? 1 : -1)];

            Assert.Equal(signs.Sum(), any.window.Encoded(new VoxelGridEncoder(any.bins)).Sum(), 1e-4f);
        });
    }

    [Fact]
    public void Time_reversed_in_is_bins_reversed_out()
    {
        AnyWindow.Gen.Sample(window =>
        {
            // An event at the very start would be reversed onto the end, which is outside: widen the window by a microsecond.
            TimeWindow wide = new(window.Window.StartUs - 1, window.Window.EndUs);
            StereoWindow forwards = window with { Window = wide };
            StereoWindow backwards = forwards.Map(e => e with { TimestampUs = wide.StartUs + wide.EndUs - e.TimestampUs });
            var encoder = new VoxelGridEncoder(bins: 4, views: 1);
            int plane = window.Sensor.Pixels;

            float[] reversed = [.. backwards.Encoded(encoder).Chunk(plane).Reverse().SelectMany(bin => bin)];

            AssertNear(forwards.Encoded(encoder), reversed);
        });
    }

    [Fact]
    public void A_window_of_centuries_loses_nothing_to_rounding()
    {
        // 2^53 − 1 of 2^53 µs: as a share of the window, a double rounds it to just under 1, a float to 1.
        const long Long = 1L << 53;
        var window = new StereoWindow(new TimeWindow(0, Long), OnePixel, new DvsEvent[] { new(Long - 1, 0, 0, Polarity.On) }, default);

        Assert.Equal([0f, 0f, 0f, 0f, 1f], window.Encoded(new VoxelGridEncoder(bins: 5, views: 1)));
    }

    private static StereoWindow Window(DvsEvent[] left, DvsEvent[] right) => new(new TimeWindow(0, 128), OnePixel, left, right);

    /// <summary>Sums of at most 60 shares, each rounded to a float's 24 bits: 60 · 60 · 2^-24 = 2e-4 in the worst case, 1e-5 in practice.</summary>
    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-4f);
        }
    }
}
