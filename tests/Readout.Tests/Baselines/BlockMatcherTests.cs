using StereoSpike.Readout;

namespace StereoSpike.Tests.Baselines;

public class BlockMatcherTests
{
    private const long WindowUs = 50_000;
    private static readonly SensorSize Sensor = new(96, 64);
    private static readonly SensorSize Row = new(24, 1);

    [Theory]
    [InlineData(EventFeature.Counts)]
    [InlineData(EventFeature.TimeSurface)]
    [InlineData(EventFeature.Activity)]
    public void A_shifted_random_pattern_is_found_exactly(EventFeature feature)
    {
        DvsEvent[] left = Pattern(Sensor, density: 0.2, seed: 5);
        float[] disparities = Match(Sensor, left, Shift(left, _ => 7), new() { Feature = feature, BlockPx = 9, Subpixel = false });

        // Where both whole blocks lie on the sensor, at x − 7 ≥ 4, the two are equal and nothing else is.
        for (int y = 0; y < Sensor.Height; y++)
        {
            Assert.All(disparities[((y * Sensor.Width) + 11)..((y + 1) * Sensor.Width)], disparity => Assert.Equal(7f, disparity));
        }
    }

    [Fact]
    public void A_camera_that_sends_twice_as_many_events_is_matched_all_the_same()
    {
        // Left 1, 2, 1 at x = 12 … 14. Right 2, 4, 2 at d = 2: 12/√(6·24) = 1. Right 2, 2, 2 at d = 8: 8/√(6·12) = 0.943, though its differences are smaller.
        DvsEvent[] left = Counts((12, 1), (13, 2), (14, 1));
        DvsEvent[] right = Counts((10, 2), (11, 4), (12, 2), (4, 2), (5, 2), (6, 2));

        Assert.Equal(2f, Match(Row, left, right, new() { BlockPx = 3, MaximumDisparityPx = 10, Subpixel = false })[13]);
    }

    [Fact]
    public void The_vertex_of_a_parabola_refines_the_answer()
    {
        // One pixel, ON 3 and OFF 4 (length 5), against (3, 4) at d = 4: 1; (4, 3) at d = 3: 24/25; (0, 1) at d = 5: 4/5.
        // Vertex: (0.96 − 0.8)/(2 (0.96 − 2 + 0.8)) = −1/3.
        DvsEvent[] left = [.. At(10, on: 3, off: 4)];
        DvsEvent[] right = [.. At(5, on: 0, off: 1), .. At(6, on: 3, off: 4), .. At(7, on: 4, off: 3)];

        Assert.Equal(4f - (1f / 3f), Match(Row, left, right, new() { BlockPx = 1, MaximumDisparityPx = 8 })[10], 1e-5);
        Assert.Equal(4f, Match(Row, left, right, new() { BlockPx = 1, MaximumDisparityPx = 4 })[10]);   // d = 5 was not tried
    }

    [Fact]
    public void Of_two_copies_the_time_surface_takes_the_one_that_happened_at_the_same_times()
    {
        // Three left events 30, 20 and 10 ms old. A copy at d = 3 is in reverse order of time, one at d = 9 in the same. Counts cannot tell them apart.
        DvsEvent[] left = [Event(14, 20_000), Event(15, 30_000), Event(16, 40_000)];
        DvsEvent[] right = [Event(5, 20_000), Event(13, 20_000), Event(6, 30_000), Event(12, 30_000), Event(7, 40_000), Event(11, 40_000)];
        BlockMatcherSettings settings = new() { BlockPx = 3, MaximumDisparityPx = 12, Subpixel = false };

        Assert.Equal(9f, Match(Row, left, right, settings with { Feature = EventFeature.TimeSurface })[15]);
        Assert.Equal(3f, Match(Row, left, right, settings with { Feature = EventFeature.Counts })[15]);
    }

    [Fact]
    public void A_right_image_that_is_a_row_off_is_matched_within_the_tolerance()
    {
        DvsEvent[] left = Pattern(Sensor, density: 0.05, seed: 8);
        DvsEvent[] right = [.. Shift(left, _ => 7).Where(e => e.Y + 1 < Sensor.Height).Select(e => e with { Y = (ushort)(e.Y + 1) })];
        BlockMatcherSettings settings = new() { Feature = EventFeature.Activity, BlockPx = 15, Subpixel = false };

        Assert.True(Right(settings) < 0.5);
        Assert.True(Right(settings with { RowTolerancePx = 1 }) > 0.99);

        double Right(BlockMatcherSettings matcher) => Share(Match(Sensor, left, right, matcher), (x, y) => x >= 15, disparity => disparity == 7f);
    }

    [Fact]
    public void What_the_right_camera_cannot_see_drops_under_the_left_right_check()
    {
        // A square at 12 px before a wall at 4 px: the 8 columns of wall to its left are hidden from the right camera.
        DvsEvent[] left = Pattern(Sensor, density: 0.5, seed: 9);
        DvsEvent[] right = [.. Shift(left.Where(e => !InSquare(e.X, e.Y) && !Hidden(e.X, e.Y)), _ => 4), .. Shift(left.Where(e => InSquare(e.X, e.Y)), _ => 12)];
        Array.Sort(right, (a, b) => a.TimestampUs.CompareTo(b.TimestampUs));
        BlockMatcherSettings settings = new() { Feature = EventFeature.Activity, BlockPx = 7, MaximumDisparityPx = 20, Subpixel = false };
        float[] all = Match(Sensor, left, right, settings), checkedOnes = Match(Sensor, left, right, settings with { LeftRightTolerancePx = 0 });

        Assert.Equal(1, Share(all, Hidden, float.IsFinite));
        Assert.True(Share(checkedOnes, Hidden, float.IsFinite) < 0.2);
        Assert.True(Share(checkedOnes, (x, y) => InSquare(x - 4, y) && InSquare(x + 4, y), disparity => disparity == 12f) > 0.8);
        Assert.True(Share(checkedOnes, (x, y) => x is > 16 and < 30, disparity => disparity == 4f) > 0.95);

        static bool InSquare(int x, int y) => x is >= 48 and < 72 && y is >= 16 and < 48;
        static bool Hidden(int x, int y) => x is >= 40 and < 48 && y is >= 20 and < 44;
    }

    [Fact]
    public void A_pixel_without_events_around_it_stays_unknown()
    {
        Assert.All(Match(Row, [], [], new()), disparity => Assert.True(float.IsNaN(disparity)));

        // An event at x = 20 and its partner at 16: a block of 3 sees it from 19, 20 and 21.
        float[] disparities = Match(Row, Counts((20, 1)), Counts((16, 1)), new() { BlockPx = 3, MaximumDisparityPx = 8, Subpixel = false });
        Assert.Equal([19, 20, 21], Enumerable.Range(0, Row.Width).Where(x => !float.IsNaN(disparities[x])));
    }

    [Theory]
    [InlineData(EventFeature.Counts, 5)]
    [InlineData(EventFeature.TimeSurface, 3)]
    [InlineData(EventFeature.Activity, 11)]
    public void Answers_are_those_of_the_formula_computed_plainly(EventFeature feature, int blockPx)
    {
        var sensor = new SensorSize(37, 21);
        DvsEvent[] left = Pattern(sensor, 0.3, seed: 1), right = Pattern(sensor, 0.3, seed: 2);
        BlockMatcherSettings settings = new() { Feature = feature, BlockPx = blockPx, MinimumDisparityPx = 2, MaximumDisparityPx = 9, Subpixel = false };
        float[] disparities = Match(sensor, left, right, settings);
        double[,,] l = Planes(sensor, left, settings), r = Planes(sensor, right, settings);

        for (int y = 0; y < sensor.Height; y++)
        {
            for (int x = 0; x < sensor.Width; x++)
            {
                double[] scores = [.. Enumerable.Range(2, 8).Select(d => PlainScore(l, r, x, y, d, blockPx / 2))];
                int chosen = (int)disparities[(y * sensor.Width) + x];   // float and double may rank scores differently that are equal to 1e-6
                Assert.True(scores.Max() <= 0 ? float.IsNaN(disparities[(y * sensor.Width) + x]) : scores[chosen - 2] >= scores.Max() - 1e-6, $"x = {x}, y = {y}");
            }
        }
    }

    [Theory]
    [InlineData(96, 64)]
    [InlineData(37, 21)]
    [InlineData(5, 3)]
    public void Vector_instructions_change_no_bit(int width, int height)
    {
        var sensor = new SensorSize(width, height);
        StereoWindow window = Window(sensor, Pattern(sensor, 0.3, seed: 3), Pattern(sensor, 0.3, seed: 4));
        foreach (BlockMatcherSettings settings in BlockMatcherSettings.Baselines(maximumDisparityPx: 40))
        {
            float[] fast = new float[sensor.Pixels], plain = new float[sensor.Pixels];
            new BlockMatcher(sensor, settings) { Vectorised = true }.Match(window, fast);
            new BlockMatcher(sensor, settings) { Vectorised = false }.Match(window, plain);

            Assert.Equal(plain.Select(BitConverter.SingleToInt32Bits), fast.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void A_matcher_keeps_nothing_from_one_window_to_the_next()
    {
        DvsEvent[] left = Pattern(Sensor, density: 0.2, seed: 5);
        var matcher = new BlockMatcher(Sensor, new() { LeftRightTolerancePx = 1 });
        float[] first = new float[Sensor.Pixels], again = new float[Sensor.Pixels];
        matcher.Match(Window(Sensor, left, Shift(left, _ => 7)), first);
        matcher.Match(Window(Sensor, Shift(left, _ => 3), left), again);
        matcher.Match(Window(Sensor, left, Shift(left, _ => 7)), again);

        Assert.Equal(first, again);
    }

    [Fact]
    public void Settings_and_windows_that_make_no_sense_are_refused()
    {
        Assert.Contains("must be odd", Assert.Throws<ArgumentOutOfRangeException>(() => new BlockMatcherSettings { BlockPx = 8 }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockMatcherSettings { MinimumDisparityPx = 0 });
        Assert.Contains("9 to 8 px", Assert.Throws<ArgumentException>(() => new BlockMatcher(Row, new() { MinimumDisparityPx = 9, MaximumDisparityPx = 8 })).Message, StringComparison.Ordinal);
        Assert.Contains("24×1", Assert.Throws<ArgumentException>(() => new BlockMatcher(Sensor, new()).Match(Window(Row, [], []), new float[Sensor.Pixels])).Message, StringComparison.Ordinal);
        Assert.Contains("x = 24", Assert.Throws<ArgumentException>(() => Match(Row, Counts((24, 1)), [], new())).Message, StringComparison.Ordinal);
    }

    private static float[] Match(SensorSize sensor, DvsEvent[] left, DvsEvent[] right, BlockMatcherSettings settings)
    {
        var disparities = new float[sensor.Pixels];
        new BlockMatcher(sensor, settings).Match(Window(sensor, left, right), disparities);
        return disparities;
    }

    private static StereoWindow Window(SensorSize sensor, DvsEvent[] left, DvsEvent[] right) => new(new TimeWindow(0, WindowUs), sensor, left, right);

    private static DvsEvent Event(int x, long timestampUs) => new(timestampUs, (ushort)x, 0, Polarity.On);

    private static DvsEvent[] Counts(params (int X, int Count)[] pixels) => [.. pixels.SelectMany(pixel => At(pixel.X, pixel.Count, 0))];

    private static IEnumerable<DvsEvent> At(int x, int on, int off) =>
        Enumerable.Repeat(new DvsEvent(0, (ushort)x, 0, Polarity.On), on).Concat(Enumerable.Repeat(new DvsEvent(0, (ushort)x, 0, Polarity.Off), off));

    private static DvsEvent[] Pattern(SensorSize sensor, double density, int seed)
    {
        var random = new Random(seed);
        int count = (int)(density * sensor.Pixels);
        return [.. Enumerable.Range(0, count).Select(i => new DvsEvent(i * WindowUs / count, (ushort)random.Next(sensor.Width), (ushort)random.Next(sensor.Height), (Polarity)random.Next(2)))];
    }

    private static DvsEvent[] Shift(IEnumerable<DvsEvent> events, Func<DvsEvent, int> disparityPx) =>
        [.. events.Where(e => e.X >= disparityPx(e)).Select(e => e with { X = (ushort)(e.X - disparityPx(e)) })];

    private static double Share(float[] disparities, Func<int, int, bool> where, Func<float, bool> counts)
    {
        float[] chosen = [.. disparities.Where((_, i) => where(i % Sensor.Width, i / Sensor.Width))];
        return (double)chosen.Count(counts) / chosen.Length;
    }

    private static double[,,] Planes(SensorSize sensor, DvsEvent[] events, BlockMatcherSettings settings)
    {
        var planes = new double[2, sensor.Height, sensor.Width];
        foreach (DvsEvent e in events)
        {
            ref double pixel = ref planes[(int)e.Polarity, e.Y, e.X];
            pixel = settings.Feature switch
            {
                EventFeature.Counts => pixel + 1,
                EventFeature.TimeSurface => Math.Round(255 * Math.Exp(-(WindowUs - e.TimestampUs) / 20_000.0)),
                _ => 1,
            };
        }

        return planes;
    }

    private static double PlainScore(double[,,] left, double[,,] right, int x, int y, int d, int radius)
    {
        if (x < d)
        {
            return 0;   // the right pixel is off the sensor
        }

        double product = 0, leftSquares = 0, rightSquares = 0;
        for (int p = 0; p < 2; p++)
        {
            for (int v = Math.Max(y - radius, 0); v <= Math.Min(y + radius, left.GetLength(1) - 1); v++)
            {
                for (int u = -radius; u <= radius; u++)
                {
                    double l = At(left, p, v, x + u), r = At(right, p, v, x - d + u);
                    (product, leftSquares, rightSquares) = (product + (l * r), leftSquares + (l * l), rightSquares + (r * r));
                }
            }
        }

        return product > 0 ? product / Math.Sqrt(leftSquares * rightSquares) : 0;

        static double At(double[,,] planes, int p, int v, int u) => u >= 0 && u < planes.GetLength(2) ? planes[p, v, u] : 0;
    }
}
