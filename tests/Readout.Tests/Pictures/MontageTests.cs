using StereoSpike.Readout;

namespace StereoSpike.Tests.Pictures;

public class MontageTests
{
    private static readonly ColourScale Scale = ColourScale.Depth(1, 5);
    private static readonly Picture Flat = DepthPicture.Draw(new DepthMap(new SensorSize(60, 80), [.. Enumerable.Repeat(1f, 4800)]), Scale);

    [Fact]
    public void Digits_put_pixels_on_the_page_though_the_machine_may_have_no_font()
    {
        // A page with words has more bright pixels than the same page with blanks, and each digit has its own shape.
        string[] digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        int blank = BrightPixels(Page(" "));
        Assert.All(digits, digit => Assert.True(BrightPixels(Page(digit)) > blank + 10, digit));
        Assert.Equal(10, digits.Select(digit => Convert.ToHexString(Page(digit).EncodePng())).Distinct().Count());
    }

    [Theory]
    [InlineData("µ")]
    [InlineData("−")]
    [InlineData("²")]
    [InlineData("·")]
    [InlineData("×")]
    [InlineData("≤")]
    [InlineData("±")]
    [InlineData("δ")]
    [InlineData("…")]
    public void The_signs_of_our_units_are_in_the_font(string sign)
    {
        // U+E000 is in no font: it draws the box that stands for a missing sign.
        Assert.NotEqual(Page("\uE000").EncodePng(), Page(sign).EncodePng());
    }

    [Fact]
    public void A_panel_keeps_its_colours_as_sharp_squares()
    {
        Picture checkers = new(2, 2) { [0, 0] = new Colour(255, 0, 0), [1, 1] = new Colour(0, 0, 255) };
        Picture page = new Montage { Zoom = 8 }.Draw([new Panel("", checkers)]);
        int red = Count(page, new Colour(255, 0, 0)), blue = Count(page, new Colour(0, 0, 255)), black = Count(page, new Colour(0, 0, 0));
        Assert.Equal((64, 64, 128), (red, blue, black));
    }

    [Fact]
    public void A_ruler_shows_all_colours_of_its_scale_and_the_grey_of_the_unknown()
    {
        Picture page = new Montage().Draw([new Panel("Depth", Flat) { Scale = Scale }]);
        Assert.True(Count(page, Scale.At(5)) >= 12);
        Assert.True(Count(page, Scale.At(1)) >= 12);
        Assert.Equal(12 * 12, Count(page, Colour.Unknown));
    }

    [Fact]
    public void The_page_grows_with_its_words_so_that_none_is_cut()
    {
        Picture brief = new Montage { Headline = "1 m" }.Draw([new Panel("a", Flat)]);
        Picture wordy = new Montage { Headline = new string('8', 60) }.Draw([new Panel("a", Flat)]);
        Assert.True(wordy.Width > brief.Width + 300);
        Assert.Equal(brief.Height, wordy.Height);

        // The last columns of the wordy page are margin: paper only.
        Colour paper = wordy[0, 0];
        Assert.All(Enumerable.Range(0, wordy.Height), y => Assert.Equal(paper, wordy[wordy.Width - 20, y]));
    }

    [Fact]
    public void Panels_fill_rows_of_the_asked_width()
    {
        Panel panel = new("a", Flat);
        Picture row = new Montage { Columns = 3 }.Draw([panel, panel, panel]);
        Picture column = new Montage { Columns = 1 }.Draw([panel, panel, panel]);
        Assert.True(row.Width > 180 && row.Height < 180);
        Assert.True(column.Width < 180 && column.Height > 240);
        Assert.Throws<ArgumentException>(() => new Montage().Draw([]));
    }

    private static Picture Page(string title) => new Montage().Draw([new Panel(title, Flat)]);

    private static int BrightPixels(Picture page) => Count(page, colour => colour is { Red: > 100, Green: > 100, Blue: > 100 });

    private static int Count(Picture page, Colour wanted) => Count(page, colour => colour == wanted);

    private static int Count(Picture page, Func<Colour, bool> wanted) =>
        Enumerable.Range(0, page.Width * page.Height).Count(i => wanted(page[i % page.Width, i / page.Width]));
}
