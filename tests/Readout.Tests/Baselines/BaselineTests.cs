using StereoSpike.Readout;

namespace StereoSpike.Tests.Baselines;

public class BaselineTests
{
    private static readonly SensorSize Row = new(3, 1);
    private static readonly DepthErrorSettings Settings = new() { FocalBaselinePxMetres = 20 };

    [Fact]
    public void The_best_constant_weighs_images_alike_and_no_other_constant_beats_it()
    {
        // Image 1: 1, 1, 1 m, a third each. Image 2: 4 m alone. Image 3: 4 m alone. The image-wise median is 4, the pixel-wise 1.
        DepthMap[] truths = [new(Row, [1f, 1f, 1f]), new(Row, [4f, float.NaN, float.NaN]), new(Row, [float.NaN, 4f, float.NaN])];
        var constant = new ConstantDepth(Settings);
        foreach (DepthMap truth in truths)
        {
            constant.Add(truth);
        }

        Assert.InRange(constant.LeastDepthErrorMetres, 4.0, 4.0 * (1 + 1e-3));
        Assert.InRange(constant.LeastDisparityErrorMetres, 1.0, 1.0 * (1 + 1e-3));
        double best = Score(truths, constant.LeastDepthErrorMetres).MeanDepthErrorCm;
        Assert.All(Enumerable.Range(1, 60), tenth => Assert.True(Score(truths, tenth / 10.0).MeanDepthErrorCm >= best * (1 - 1e-2)));
    }

    [Fact]
    public void The_constant_of_most_pixels_within_one_pixel_lies_in_their_middle()
    {
        // Disparities 20/z: 10, 11, 4 px; 10 and 11 are within 1 px of 10.5, that is 20/10.5 m.
        var truth = new DepthMap(Row, [2f, 20f / 11f, 5f]);
        var constant = new ConstantDepth(Settings);
        constant.Add(truth);
        Assert.InRange(constant.MostWithinOnePixelMetres, 20.0 / 10.5 * (1 - 1e-3), 20.0 / 10.5 * (1 + 1e-3));
        Assert.Equal(2.0 / 3.0, Score([truth], constant.MostWithinOnePixelMetres).OnePixelAccuracy, 12);
    }

    [Fact]
    public void Constants_follow_the_mask_and_the_weights_of_the_score()
    {
        var constant = new ConstantDepth(Settings with { Weighting = PixelWeighting.ByEvents, NearerThanMetres = 8 });
        constant.Add(new DepthMap(Row, [1f, 3f, 9f]), [1f, 5f, 100f]);
        Assert.InRange(constant.LeastDepthErrorMetres, 3.0, 3.0 * (1 + 1e-3));
    }

    [Fact]
    public void The_mean_map_is_the_mean_of_what_was_known_there()
    {
        // Column 0: (1 + 3)/2; column 1: 6 alone; column 2: never, so (1 + 3 + 6 + …)/… = 10/3.
        var mean = new MeanDepth(Row);
        mean.Add(new DepthMap(Row, [1f, float.NaN, float.NaN]));
        mean.Add(new DepthMap(Row, [3f, 6f, float.NaN]));
        Assert.Equal([2f, 6f, 10f / 3f], mean.ToMap().Metres);
    }

    [Fact]
    public void Nothing_known_has_no_baseline()
    {
        Assert.Throws<InvalidOperationException>(() => new MeanDepth(Row).ToMap());
        Assert.Throws<InvalidOperationException>(() => new ConstantDepth(Settings).LeastDepthErrorMetres);
    }

    private static DepthReport Score(DepthMap[] truths, double metres)
    {
        var errors = new DepthErrors(Settings);
        foreach (DepthMap truth in truths)
        {
            errors.Add(ConstantDepth.Map(Row, metres), truth);
        }

        return errors.Report();
    }
}
