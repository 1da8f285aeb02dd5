using StereoSpike.Readout;

namespace StereoSpike.Tests.Pictures;

public class ColourMapTests
{
    public static TheoryData<string> Maps => ["turbo", "magma"];

    // Entries of the published tables (matplotlib 3.6, _cm_listed.py) times 255, rounded; most of them lie between the knots kept here.
    [Theory]
    [InlineData("magma", 0, 0, 0, 4)]
    [InlineData("magma", 4, 2, 1, 9)]
    [InlineData("magma", 60, 74, 16, 121)]
    [InlineData("magma", 100, 137, 40, 129)]
    [InlineData("magma", 203, 254, 157, 108)]
    [InlineData("magma", 251, 252, 246, 184)]
    [InlineData("magma", 255, 252, 253, 191)]
    [InlineData("turbo", 0, 48, 18, 59)]
    [InlineData("turbo", 4, 53, 30, 88)]
    [InlineData("turbo", 60, 47, 178, 244)]
    [InlineData("turbo", 100, 63, 246, 138)]
    [InlineData("turbo", 203, 241, 93, 19)]
    [InlineData("turbo", 251, 136, 8, 2)]
    [InlineData("turbo", 255, 122, 4, 3)]
    public void Colours_agree_with_the_published_table(string map, int entry, int red, int green, int blue)
    {
        Colour colour = Map(map).At(entry / 255.0);
        Assert.InRange(colour.Red, red - 3, red + 3);
        Assert.InRange(colour.Green, green - 3, green + 3);
        Assert.InRange(colour.Blue, blue - 3, blue + 3);
    }

    [Fact]
    public void Magma_never_gets_darker()
    {
        double[] lightness = [.. Enumerable.Range(0, 256).Select(i => Luminance(ColourMap.Magma.At(i / 255.0)))];
        Assert.Equal(lightness.Order(), lightness);
        Assert.True(lightness[^1] > 0.9 && lightness[0] < 0.01);
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void The_grey_of_the_unknown_is_far_from_every_colour(string map) =>
        Assert.All(Enumerable.Range(0, 256), i =>
        {
            Colour colour = Map(map).At(i / 255.0);
            int red = colour.Red - Colour.Unknown.Red, green = colour.Green - Colour.Unknown.Green, blue = colour.Blue - Colour.Unknown.Blue;
            Assert.True(Math.Sqrt((red * red) + (green * green) + (blue * blue)) > 50, $"entry {i} is {colour}");
        });

    [Fact]
    public void What_lies_outside_takes_the_end_and_what_is_unknown_the_grey()
    {
        Assert.Equal(ColourMap.Turbo.At(0), ColourMap.Turbo.At(-7));
        Assert.Equal(ColourMap.Turbo.At(1), ColourMap.Turbo.At(double.PositiveInfinity));
        Assert.Equal(Colour.Unknown, ColourMap.Turbo.At(double.NaN));
        Assert.Equal(ColourMap.Turbo.At(0.25), ColourMap.Turbo.Reversed().At(0.75));
    }

    private static ColourMap Map(string name) => name == "turbo" ? ColourMap.Turbo : ColourMap.Magma;

    // Relative luminance of sRGB, IEC 61966-2-1.
    private static double Luminance(Colour colour) =>
        (0.2126 * Linear(colour.Red)) + (0.7152 * Linear(colour.Green)) + (0.0722 * Linear(colour.Blue));

    private static double Linear(byte value) =>
        value <= 10 ? value / 255.0 / 12.92 : Math.Pow(((value / 255.0) + 0.055) / 1.055, 2.4);
}
