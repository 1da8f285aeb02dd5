using CsCheck;

namespace StereoSpike.Training.Tests.Samples;

/// <summary>Every sample here is made of points: a point at row y seen by the left camera at x and by the right one at x − d, d = 30/z.
/// The stereo geometry holds after a transform if x_left − x_right is still the disparity of the truth at the left pixel.</summary>
public class AugmentationTests
{
    private const double FocalBaseline = 30;
    private static readonly SensorSize Sensor = new(40, 24);
    private static readonly TimeWindow Window = new(100_000, 150_000);

    private static readonly Gen<Point[]> AnyPoints =
        Gen.Select(Gen.Int[0, 23], Gen.Int[12, 39], Gen.Int[1, 12], Gen.Long[100_000, 149_999], Gen.Bool, (y, x, d, t, on) => new Point(y, x, d, t, on ? Polarity.On : Polarity.Off))
            .Array[1, 12].Select(points => points.DistinctBy(point => point.Row).ToArray());   // one point a row tells which events belong together

    [Fact]
    public void A_vertical_flip_turns_rows_and_keeps_disparities() => AnyPoints.Sample(points =>
    {
        LabelledWindow flipped = Augmentation.FlipVertically(Sample(points));

        AssertPairs(flipped, points.Select(p => p with { Row = 23 - p.Row }));
        AssertTruth(flipped.RightTruth!, points.Select(p => (23 - p.Row, p.Column - p.Disparity, p.Disparity)));
    });

    [Fact]
    public void A_horizontal_flip_swaps_the_cameras_and_takes_the_right_ones_truth() => AnyPoints.Sample(points =>
    {
        LabelledWindow flipped = Augmentation.FlipHorizontally(Sample(points));

        // The right camera saw x − d; mirrored that is 39 − (x − d), which is d more than the old left's 39 − x.
        AssertPairs(flipped, points.Select(p => p with { Column = 39 - (p.Column - p.Disparity) }));
        AssertTruth(flipped.RightTruth!, points.Select(p => (p.Row, 39 - p.Column, p.Disparity)));
        Assert.Null(flipped.StartTruth);
    });

    [Fact]
    public void A_flip_twice_is_the_sample_again() => AnyPoints.Sample(points =>
    {
        LabelledWindow sample = Sample(points);

        AssertSame(sample, Augmentation.FlipVertically(Augmentation.FlipVertically(sample)));
        AssertSame(sample, Augmentation.FlipHorizontally(Augmentation.FlipHorizontally(sample)));
        AssertSame(sample, Augmentation.MirrorTime(Augmentation.MirrorTime(sample)));
    });

    [Fact]
    public void A_time_mirror_reverses_time_and_polarity_and_takes_the_truth_at_the_start() => AnyPoints.Sample(points =>
    {
        LabelledWindow sample = Sample(points);

        LabelledWindow mirrored = Augmentation.MirrorTime(sample);

        // [100000, 150000): the first microsecond becomes the last, t -> 249999 − t; on either side events are in time order and stay inside.
        AssertPairs(mirrored, points.Select(p => p with { TimeUs = 249_999 - p.TimeUs, Polarity = p.Polarity == Polarity.On ? Polarity.Off : Polarity.On }), truthOf: sample.StartTruth);
        Assert.All(Events(mirrored), e => Assert.True(Window.Contains(e.TimestampUs)));
        Assert.Equal(mirrored.Window.Left.ToArray().OrderBy(e => e.TimestampUs).Select(e => e.TimestampUs), mirrored.Window.Left.ToArray().Select(e => e.TimestampUs));
        Assert.Same(sample.StartTruth, mirrored.Truth);
        Assert.Null(mirrored.RightTruth);   // the right truth belongs to the other end
    });

    [Fact]
    public void A_shift_takes_as_much_off_every_disparity_and_loses_what_leaves_the_sensor() => Gen.Select(AnyPoints, Gen.Int[-6, 6]).Sample((points, shift) =>
    {
        LabelledWindow shifted = Augmentation.ShiftDisparity(Sample(points), shift);

        IEnumerable<Point> seen = points.Where(p => p.Column - p.Disparity + shift is >= 0 and < 40);
        AssertPairs(shifted, seen.Select(p => p with { Disparity = p.Disparity - shift }), unpaired: points.Except(seen));
        Assert.All(points.Where(p => p.Disparity - shift < 1), p => Assert.Equal(float.NaN, shifted.Truth.Metres[(p.Row * 40) + p.Column]));
    });

    [Fact]
    public void A_flip_or_mirror_without_the_truth_it_needs_is_refused()
    {
        LabelledWindow sample = Sample([new Point(3, 20, 5, 120_000, Polarity.On)]) with { RightTruth = null, StartTruth = null };

        Assert.Contains("lacks", Assert.Throws<InvalidOperationException>(() => Augmentation.FlipHorizontally(sample)).Message, StringComparison.Ordinal);
        Assert.Contains("lacks", Assert.Throws<InvalidOperationException>(() => Augmentation.MirrorTime(sample)).Message, StringComparison.Ordinal);
        AssertSame(sample, Augmentation.Vary(sample, new AugmentationSettings { HorizontalFlip = 1, TimeMirror = 1 }, new Random(1)));
    }

    [Fact]
    public void Each_camera_loses_events_of_its_own()
    {
        // Left: column 30 only; right: column 10 only. What is left after dropping is a subset of each camera's own, and the two do not lose the same ones.
        DvsEvent[] left = [.. Enumerable.Range(0, 400).Select(i => new DvsEvent(100_000 + i, 30, 5, Polarity.On))];
        DvsEvent[] right = [.. Enumerable.Range(0, 400).Select(i => new DvsEvent(100_000 + i, 10, 5, Polarity.Off))];
        var sample = new LabelledWindow(new StereoWindow(Window, Sensor, left, right), DepthMap.Unknown(Sensor), null, null, FocalBaseline);

        var shares = new List<(double Left, double Right)>();
        for (int seed = 0; seed < 50; seed++)
        {
            LabelledWindow dropped = Augmentation.Vary(sample, new AugmentationSettings { EventDrop = 0.4 }, new Random(seed));
            Assert.Subset(left.ToHashSet(), dropped.Window.Left.ToArray().ToHashSet());
            Assert.Subset(right.ToHashSet(), dropped.Window.Right.ToArray().ToHashSet());
            Assert.NotEqual(dropped.Window.Left.ToArray().Select(e => e.TimestampUs), dropped.Window.Right.ToArray().Select(e => e.TimestampUs));
            shares.Add((1 - (dropped.Window.Left.Length / 400.0), 1 - (dropped.Window.Right.Length / 400.0)));
        }

        // Uniform in 0..0.4: mean 0.2, standard error of 50 draws 0.016; at most 0.4 and three standard deviations of 400 coins.
        Assert.Equal(0.2, shares.Average(share => share.Left), 0.06);
        Assert.Equal(0.2, shares.Average(share => share.Right), 0.06);
        Assert.All(shares, share => Assert.InRange(Math.Max(share.Left, share.Right), 0, 0.48));
        Assert.InRange(Correlation(shares), -0.5, 0.5);
    }

    [Fact]
    public void Row_and_clock_jitter_move_the_right_camera_only_and_keep_the_truth()
    {
        LabelledWindow sample = Sample([new Point(10, 20, 5, 125_000, Polarity.On)]);
        var settings = new AugmentationSettings { RowJitterPx = 2, ClockJitterUs = 3_000 };
        var rows = new HashSet<int>();
        for (int seed = 0; seed < 60; seed++)
        {
            LabelledWindow varied = Augmentation.Vary(sample, settings, new Random(seed));
            DvsEvent moved = varied.Window.Right.Span[0];
            rows.Add(moved.Y - 10);
            Assert.InRange(moved.TimestampUs, 122_000, 128_000);
            Assert.Equal(15, moved.X);
            Assert.Equal(sample.Window.Left.ToArray(), varied.Window.Left.ToArray());
            Assert.Same(sample.Truth, varied.Truth);
        }

        Assert.Equal([-2, -1, 0, 1, 2], rows.Order());
    }

    [Fact]
    public void All_that_vary_draws_together_keeps_the_geometry() => Gen.Select(AnyPoints, Gen.Int).Sample((points, seed) =>
    {
        var settings = new AugmentationSettings { VerticalFlip = 0.5, HorizontalFlip = 0.5, TimeMirror = 0.3, EventDrop = 0.3, ShiftPx = 4 };

        LabelledWindow varied = Augmentation.Vary(Sample(points), settings, new Random(seed));

        foreach (DvsEvent left in varied.Window.Left.ToArray())
        {
            float depth = varied.Truth.Metres[(left.Y * 40) + left.X];
            foreach (DvsEvent right in varied.Window.Right.ToArray().Where(right => right.Y == left.Y && !float.IsNaN(depth)))
            {
                Assert.Equal((left.TimestampUs, left.Polarity), (right.TimestampUs, right.Polarity));
                Assert.Equal(left.X - right.X, FocalBaseline / depth, 1e-4);   // truth is float32 metres
            }
        }
    });

    [Fact]
    public void The_generator_alone_decides_and_no_setting_disturbs_anothers_draw()
    {
        LabelledWindow sample = Sample([new Point(10, 20, 5, 125_000, Polarity.On)]);
        var flips = new AugmentationSettings { VerticalFlip = 0.5 };

        for (int seed = 0; seed < 20; seed++)
        {
            LabelledWindow one = Augmentation.Vary(sample, flips, new Random(seed)), more = Augmentation.Vary(sample, flips with { ShiftPx = 3 }, new Random(seed));

            Assert.Equal(one.Window.Left.ToArray(), more.Window.Left.ToArray());
        }
    }

    private sealed record Point(int Row, int Column, int Disparity, long TimeUs, Polarity Polarity);

    private static LabelledWindow Sample(Point[] points)
    {
        Point[] ordered = [.. points.OrderBy(p => p.TimeUs)];
        return new LabelledWindow(
            new StereoWindow(
                Window,
                Sensor,
                ordered.Select(p => new DvsEvent(p.TimeUs, (ushort)p.Column, (ushort)p.Row, p.Polarity)).ToArray(),
                ordered.Select(p => new DvsEvent(p.TimeUs, (ushort)(p.Column - p.Disparity), (ushort)p.Row, p.Polarity)).ToArray()),
            Truth(points, p => p.Column),
            Truth(points, p => p.Column - p.Disparity),
            Truth(points, p => p.Column),
            FocalBaseline);
    }

    private static DepthMap Truth(Point[] points, Func<Point, int> column)
    {
        DepthMap map = DepthMap.Unknown(Sensor);
        foreach (Point p in points)
        {
            map.Metres[(p.Row * 40) + column(p)] = (float)(FocalBaseline / p.Disparity);
        }

        return map;
    }

    /// <summary>Both cameras hold just these points' events, and the truth at each left pixel is the points' disparity.</summary>
    private static void AssertPairs(LabelledWindow found, IEnumerable<Point> points, IEnumerable<Point>? unpaired = null, DepthMap? truthOf = null)
    {
        Point[] pairs = [.. points];
        var left = pairs.Concat(unpaired ?? []).Select(p => new DvsEvent(p.TimeUs, (ushort)p.Column, (ushort)p.Row, p.Polarity));
        var right = pairs.Select(p => new DvsEvent(p.TimeUs, (ushort)(p.Column - p.Disparity), (ushort)p.Row, p.Polarity));
        Assert.Equal(left.OrderBy(Key), found.Window.Left.ToArray().OrderBy(Key));
        Assert.Equal(right.OrderBy(Key), found.Window.Right.ToArray().OrderBy(Key));
        AssertTruth(truthOf ?? found.Truth, pairs.Where(p => p.Disparity >= 1).Select(p => (p.Row, p.Column, p.Disparity)));

        static (int, long) Key(DvsEvent e) => (e.Y, e.TimestampUs);
    }

    private static void AssertTruth(DepthMap truth, IEnumerable<(int Row, int Column, int Disparity)> points) =>
        Assert.All(points, p => Assert.Equal(p.Disparity, FocalBaseline / truth.Metres[(p.Row * 40) + p.Column], 1e-4));   // float32 metres

    private static void AssertSame(LabelledWindow expected, LabelledWindow found)
    {
        Assert.Equal(expected.Window.Left.ToArray().OrderBy(e => (e.TimestampUs, e.Y)), found.Window.Left.ToArray().OrderBy(e => (e.TimestampUs, e.Y)));
        Assert.Equal(expected.Window.Right.ToArray().OrderBy(e => (e.TimestampUs, e.Y)), found.Window.Right.ToArray().OrderBy(e => (e.TimestampUs, e.Y)));
        Assert.Equal(expected.Truth.Metres, found.Truth.Metres);
    }

    private static IEnumerable<DvsEvent> Events(LabelledWindow sample) => sample.Window.Left.ToArray().Concat(sample.Window.Right.ToArray());

    private static double Correlation(List<(double Left, double Right)> pairs)
    {
        double left = pairs.Average(p => p.Left), right = pairs.Average(p => p.Right);
        return pairs.Sum(p => (p.Left - left) * (p.Right - right))
            / Math.Sqrt(pairs.Sum(p => Math.Pow(p.Left - left, 2)) * pairs.Sum(p => Math.Pow(p.Right - right, 2)));
    }
}
