using StereoSpike.Readout;

namespace StereoSpike.Tests.Pictures;

public class ColourScaleTests
{
    [Fact]
    public void Near_is_red_and_far_is_blue()
    {
        ColourScale scale = ColourScale.Depth(1, 5);
        Assert.Equal(ColourMap.Turbo.At(1), scale.At(1));
        Assert.Equal(ColourMap.Turbo.At(0), scale.At(5));
        Assert.Equal(Colour.Unknown, scale.At(double.NaN));
    }

    [Theory]
    [InlineData(1, 6, "1|2|3|4|5|6")]
    [InlineData(0, 0.5, "0.0|0.1|0.2|0.3|0.4|0.5")]
    [InlineData(0, 30, "0|10|20|30")]
    [InlineData(1.8, 2.05, "1.80|1.85|1.90|1.95|2.00|2.05")]
    [InlineData(-0.3, 0.3, "-0.2|0.0|0.2")]
    public void Ticks_are_round_and_as_many_as_one_can_read(double from, double to, string labels) =>
        Assert.Equal(labels, string.Join('|', ColourScale.Depth(from, to).Ticks().Select(tick => tick.Label)));

    [Fact]
    public void A_scale_made_from_truth_ends_on_round_depths_around_it()
    {
        // 1.1 to 5.9 m: a step of 1 m gives 1 to 6.
        var truth = new DepthMap(new SensorSize(4, 1), [1.1f, float.NaN, 5.9f, 3f]);
        ColourScale scale = ColourScale.DepthOf(truth);
        Assert.Equal((1.0, 6.0), (scale.Minimum, scale.Maximum));
    }

    [Fact]
    public void A_flat_or_an_empty_truth_still_has_a_scale()
    {
        ColourScale flat = ColourScale.DepthOf(new DepthMap(new SensorSize(2, 1), [3f, 3f]));
        Assert.True(flat.Minimum <= 3 && flat.Maximum >= 3 && flat.Ticks().Count >= 2);
        ColourScale nearlyFlat = ColourScale.DepthOf(new DepthMap(new SensorSize(2, 1), [1.301f, 1.319f]));
        Assert.True(nearlyFlat.Minimum <= 1.3 && nearlyFlat.Maximum >= 1.35);
        Assert.Equal(1.0, ColourScale.DepthOf(DepthMap.Unknown(new SensorSize(2, 1))).Maximum);
    }

    [Fact]
    public void Ends_out_of_order_are_refused() =>
        Assert.Contains("got 5 and 1", Assert.Throws<ArgumentException>(() => ColourScale.Depth(5, 1)).Message, StringComparison.Ordinal);
}
