namespace StereoSpike.Readout.Tests;

public class CostPictureTests
{
    [Fact]
    public void A_tenfold_cost_is_a_decade_higher_and_a_missing_one_leaves_a_gap()
    {
        Picture picture = CostPicture.Draw("costs", "rate", ["1", "2", "3"], [("cheap", [1, 1, 1]), ("dear", [10, 10, double.NaN])]);

        // The axis is the decade from 1 to 10, rows 64 to 400: the cheap line lies at its foot, the dear one at its top.
        Assert.Equal(new Colour(0x6E, 0xA8, 0xFE), picture[300, 400]);
        Assert.Equal(new Colour(0xF2, 0xC1, 0x4E), picture[300, 64]);
        Assert.NotEqual(new Colour(0xF2, 0xC1, 0x4E), picture[500, 64]);   // between the second place and the missing third
    }

    [Fact]
    public void A_line_with_too_few_costs_is_refused() =>
        Assert.Throws<ArgumentException>(() => CostPicture.Draw("costs", "rate", ["1", "2"], [("short", [1])]));
}
