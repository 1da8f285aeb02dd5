namespace StereoSpike.Readout.Tests.Pictures;

public sealed class HalfBlocksTests
{
    [Fact]
    public void Two_rows_are_a_line_and_colours_are_set_where_they_change()
    {
        var picture = new Picture(2, 3);
        picture[0, 0] = new Colour(255, 60, 40);
        picture[1, 1] = new Colour(40, 120, 255);

        // Line 1: red over black, black over blue. Line 2: the third row over nothing.
        Assert.Equal(
            "\e[38;2;255;60;40m\e[48;2;0;0;0m▀\e[38;2;0;0;0m\e[48;2;40;120;255m▀\e[0m\n" +
            "\e[38;2;0;0;0m\e[48;2;0;0;0m▀▀\e[0m\n",
            HalfBlocks.Draw(picture, 10));
    }

    [Fact]
    public void A_picture_wider_than_the_terminal_is_joined_in_squares_of_which_the_brightest_shows()
    {
        // Five columns into two characters: squares of 3×3, the second 2 wide. One red pixel in the first, one blue in it too.
        var picture = new Picture(5, 3);
        picture[2, 0] = new Colour(255, 0, 0);
        picture[0, 2] = new Colour(0, 0, 255);

        Assert.Equal("\e[38;2;255;0;255m\e[48;2;0;0;0m▀\e[38;2;0;0;0m▀\e[0m\n", HalfBlocks.Draw(picture, 2));
    }
}
