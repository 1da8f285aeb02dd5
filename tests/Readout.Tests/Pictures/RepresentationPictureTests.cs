namespace StereoSpike.Readout.Tests.Pictures;

public sealed class RepresentationPictureTests
{
    [Fact]
    public void Sums_of_polarities_are_red_and_blue_and_amounts_bright()
    {
        // Two channels of 1×3 px: −2, 0, 2 and 0, 0, 1. The scale runs to the largest of all, 2.
        Assert.Equal(EventPicture.Off, ColourScale.Polarity(2).At(-2));
        Assert.Equal(EventPicture.On, ColourScale.Polarity(2).At(2));
        Assert.Equal(new Colour(0, 0, 4), ColourScale.Amount(2).At(0));
        Assert.InRange(ColourScale.Polarity(2).At(0).Red, 0, 2);

        Picture page = RepresentationPicture.Draw([-2, 0, 2, 0, 0, 1], ["bin 0", "bin 1"], 1, 3, hasSigns: true, "voxel:bins=2");

        Assert.Contains(EventPicture.On, Pixels(page));
        Assert.Contains(EventPicture.Off, Pixels(page));
    }

    [Fact]
    public void A_hot_pixel_does_not_darken_the_others()
    {
        // 100 pixels of 5 and one of 5,000: the scale runs to 5, so that all 101 have its end's colour.
        float[] values = [.. Enumerable.Repeat(5f, 100), 5_000f, .. new float[9]];

        Picture page = RepresentationPicture.Draw(values, ["events"], 10, 11, hasSigns: false, "count");

        Assert.True(Pixels(page).Count(pixel => pixel == ColourScale.Amount(5).At(5)) >= 101);
    }

    [Fact]
    public void An_empty_window_is_black() =>
        Assert.Contains(new Colour(0, 0, 4), Pixels(RepresentationPicture.Draw(new float[12], ["events"], 3, 4, hasSigns: false, "count")));

    private static IEnumerable<Colour> Pixels(Picture picture) =>
        from y in Enumerable.Range(0, picture.Height) from x in Enumerable.Range(0, picture.Width) select picture[x, y];
}
