using System.Text.Json;
using CsCheck;
using StereoSpike.Readout;

namespace StereoSpike.Tests.Metrics;

public class DepthErrorsTests
{
    private const float Unknown = float.NaN;
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly SensorSize Square = new(2, 2);
    private static readonly DepthErrorSettings Even = new() { FocalBaselinePxMetres = 20 };

    // z          2     4     –    5      one image of three known pixels
    // ẑ          2.5   3     9    5
    // |ẑ − z|    0.5   1     –    0      sum 1.5
    // 20/z      10     5     –    4
    // 20/ẑ       8     6.67  –    4      differences 2, 5/3, 0: sum 11/3
    private static readonly float[] Predicted = [2.5f, 3f, 9f, 5f];
    private static readonly DepthMap Truth = new(Square, [2f, 4f, Unknown, 5f]);

    [Fact]
    public void The_figures_of_one_image_are_those_worked_by_hand()
    {
        var errors = new DepthErrors(Even);
        Assert.Equal(0.5, errors.Add(Predicted, Truth));
        DepthReport report = errors.Report();

        Assert.Equal((1L, 3L, 3.0), (report.Frames, report.Pixels, report.Weight));
        Assert.Equal(50.0, report.MeanDepthErrorCm, 12);
        Assert.Equal(50.0, report.MeanDepthErrorPixelwiseCm, 12);
        Assert.InRange(report.MedianDepthErrorCm, 50.0 * (1 - 1e-3), 50.0 * (1 + 1e-3));
        Assert.Equal(11.0 / 9.0, report.MeanDisparityErrorPx, 12);
        Assert.Equal(1.0 / 3.0, report.OnePixelAccuracy, 12);
        Assert.Equal(1.0 / 3.0, report.OneSeventhPixelAccuracy, 12);

        // |ẑ − z|/z: 1/4, 1/4, 0.   Squares: 1/16, 1/16, 0.   (ẑ − z)²: 1/4, 1, 0.
        Assert.Equal(1.0 / 6.0, report.AbsRel, 12);
        Assert.Equal(1.0 / 24.0, report.SqRel, 12);
        Assert.Equal(Math.Sqrt(5.0 / 12.0), report.RmseM, 12);

        // ln ẑ/z: ln 5/4, ln 3/4, 0.
        double up = Math.Log(1.25), down = Math.Log(0.75), mean = (up + down) / 3.0;
        Assert.Equal(Math.Sqrt(((up * up) + (down * down)) / 3.0), report.RmseLog, 12);
        Assert.Equal((((up - mean) * (up - mean)) + ((down - mean) * (down - mean)) + (mean * mean)) / 3.0, report.Silog, 12);

        // Ratios 1.25, 4/3, 1: the first is a tie with the bound and counts.
        Assert.Equal((2.0 / 3.0, 1.0, 1.0), (report.Delta1, report.Delta2, report.Delta3));
    }

    [Fact]
    public void The_mean_over_images_and_the_mean_over_pixels_are_told_apart()
    {
        // Image 1: 0.5, 1, 0 m, mean 0.5.  Image 2: one pixel, 3 m.
        // Over images (0.5 + 3)/2 = 1.75 m; over pixels (1.5 + 3)/4 = 1.125 m. The lower median of 0, 0.5, 1, 3 is 0.5.
        var errors = new DepthErrors(Even);
        errors.Add(Predicted, Truth);
        errors.Add([1f, 1f, 1f, 7f], new DepthMap(Square, [Unknown, Unknown, Unknown, 10f]));
        DepthReport report = errors.Report();

        Assert.Equal(175.0, report.MeanDepthErrorCm, 12);
        Assert.Equal(112.5, report.MeanDepthErrorPixelwiseCm, 12);
        Assert.InRange(report.MedianDepthErrorCm, 49.95, 50.05);
    }

    [Fact]
    public void Events_weigh_the_pixels_where_they_fell()
    {
        // Weights 3, 1, –, 0: (3·0.5 + 1·1)/4 = 0.625 m over two pixels; where events fell, alike: (0.5 + 1)/2 = 0.75 m.
        float[] events = [3f, 1f, 8f, 0f];
        var byEvents = new DepthErrors(Even with { Weighting = PixelWeighting.ByEvents });
        var whereEvents = new DepthErrors(Even with { Weighting = PixelWeighting.WhereEvents });
        byEvents.Add(Predicted, Truth, events);
        whereEvents.Add(Predicted, Truth, events);

        Assert.Equal((2L, 4.0), (byEvents.Report().Pixels, byEvents.Report().Weight));
        Assert.Equal(62.5, byEvents.Report().MeanDepthErrorCm, 12);
        Assert.Equal(75.0, whereEvents.Report().MeanDepthErrorCm, 12);
        Assert.Equal(0.75, new DepthErrors(Even with { Weighting = PixelWeighting.WhereEvents }).Add(Predicted, Truth, events));
    }

    [Fact]
    public void The_range_looks_at_the_truth_and_leaves_the_bound_out()
    {
        // Nearer than 4 m: only the pixel at 2 m, though the prediction of the second is 3 m.
        var errors = new DepthErrors(Even with { NearerThanMetres = 4 });
        errors.Add(Predicted, Truth);
        Assert.Equal(1, errors.Report().Pixels);
    }

    [Fact]
    public void No_prediction_takes_its_pixel_out_of_the_figures()
    {
        // −3 m counts as it is in the plain error, |−3 − 2| = 5 m, and as 0.1 m in its disparity, 200 − 10 px.
        var errors = new DepthErrors(Even);
        errors.Add([-3f, 4f, Unknown, 5f], Truth);
        DepthReport report = errors.Report();
        Assert.Equal(3, report.Pixels);
        Assert.Equal(500.0 / 3.0, report.MeanDepthErrorCm, 12);
        Assert.Equal(190.0 / 3.0, report.MeanDisparityErrorPx, 12);
        Assert.Equal(1.0 / 3.0, report.BelowLeastShare, 12);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_prediction_that_is_no_number_is_refused_and_adds_nothing(float predicted)
    {
        var errors = new DepthErrors(Even);
        var refusal = Assert.Throws<ArgumentException>(() => errors.Add([2f, predicted, 1f, 1f], Truth));
        Assert.Contains("x = 1, y = 0", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("UnansweredMetres", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, errors.Frames);
    }

    [Fact]
    public void Silence_counts_as_the_depth_that_was_agreed_on()
    {
        // Unanswered counts as 3 m: errors |3 − 2|, 0, 0.
        var errors = new DepthErrors(Even with { UnansweredMetres = 3 });
        errors.Add([Unknown, 4f, Unknown, 5f], Truth);
        Assert.Equal(100.0 / 3.0, errors.Report().MeanDepthErrorCm, 12);
        Assert.Equal(1.0 / 3.0, errors.Report().UnansweredShare, 12);
        Assert.Contains("unanswered pixels count as 3 m", errors.Report().Definition, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_without_truth_is_counted_apart()
    {
        var errors = new DepthErrors(Even);
        Assert.Equal(double.NaN, errors.Add(Predicted, DepthMap.Unknown(Square)));
        var nothing = Assert.Throws<InvalidOperationException>(() => errors.Report());
        Assert.Contains("None of 1 images has a valid pixel", nothing.Message, StringComparison.Ordinal);

        errors.Add(Predicted, Truth);
        Assert.Equal((1L, 1L), (errors.Report().Frames, errors.Report().FramesWithoutTruth));
    }

    [Fact]
    public void Only_the_scale_being_wrong_leaves_the_scale_invariant_error_at_zero()
    {
        var errors = new DepthErrors(Even);
        errors.Add([4f, 8f, 1f, 10f], Truth);
        Assert.Equal(0.0, errors.Report().Silog, 12);
        Assert.Equal(1.0, errors.Report().AbsRel, 12);
    }

    [Fact]
    public void Images_may_come_in_any_order_and_from_several_accumulators()
    {
        Gen<float[]> depths = Gen.Float[0.5f, 20f].Array[4];
        Gen<(float[], float[])[]> images = Gen.Select(depths, depths).Array[1, 8];
        images.Sample(list =>
        {
            DepthErrors forward = new(Even), odd = new(Even), even = new(Even);
            for (int i = 0; i < list.Length; i++)
            {
                forward.Add(list[i].Item1, new DepthMap(Square, list[i].Item2));
                int j = list.Length - 1 - i;
                (j % 2 == 0 ? even : odd).Add(list[j].Item1, new DepthMap(Square, list[j].Item2));
            }

            odd.Merge(even);
            AssertAlike(forward.Report(), odd.Report());
        });
    }

    [Fact]
    public void Accumulators_of_different_definitions_do_not_mix()
    {
        var near = new DepthErrors(Even with { NearerThanMetres = 10 });
        var refusal = Assert.Throws<ArgumentException>(() => new DepthErrors(Even).Merge(near));
        Assert.Contains("nearer than 10 m", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_has_the_keys_of_the_command_line()
    {
        var errors = new DepthErrors(Even);
        errors.Add(Predicted, Truth);
        JsonElement json = JsonSerializer.SerializeToElement(errors.Report(), SnakeCase);
        string[] keys =
        [
            "frames", "pixels", "mean_depth_error_cm", "mean_depth_error_pixelwise_cm", "median_depth_error_cm", "mean_disparity_error_px",
            "one_pixel_accuracy", "one_seventh_pixel_accuracy", "abs_rel", "sq_rel", "rmse_m", "rmse_log", "silog", "delta1", "delta2", "delta3", "definition",
        ];
        Assert.All(keys, key => Assert.True(json.TryGetProperty(key, out _), key));
    }

    [Fact]
    public void The_definition_says_what_was_masked_and_weighed() =>
        Assert.Equal(
            "closed truth, known and nearer than 30 m, pixels weighted by their events; f·b = 19.941772 px·m; disparity, ratio and log of predictions from 0.1 m",
            new DepthErrorSettings { FocalBaselinePxMetres = 19.941772, NearerThanMetres = 30, Weighting = PixelWeighting.ByEvents, Truth = "closed" }.Definition);

    [Fact]
    public void Missing_event_counts_are_asked_for()
    {
        var errors = new DepthErrors(Even with { Weighting = PixelWeighting.ByEvents });
        var missing = Assert.Throws<ArgumentException>(() => errors.Add(Predicted, Truth));
        Assert.Contains("eventCounts holds 0 elements where 4 are needed", missing.Message, StringComparison.Ordinal);
    }

    // Sums of doubles taken in another order differ in their last bits only.
    private static void AssertAlike(DepthReport expected, DepthReport actual)
    {
        foreach (var property in typeof(DepthReport).GetProperties().Where(property => property.PropertyType == typeof(double)))
        {
            double one = (double)property.GetValue(expected)!, other = (double)property.GetValue(actual)!;
            Assert.True(Math.Abs(one - other) <= 1e-9 * (1.0 + Math.Abs(one)), $"{property.Name}: {one} and {other}");
        }

        Assert.Equal((expected.Frames, expected.Pixels), (actual.Frames, actual.Pixels));
    }
}
