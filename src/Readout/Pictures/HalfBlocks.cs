using System.Globalization;
using System.Text;

namespace StereoSpike.Readout;

/// <summary>A picture as text for a terminal of 24-bit colours: each character is an upper half block, whose colour is one pixel's and whose background is that of the pixel below.</summary>
/// <remarks>Colours are set by the control sequences 38;2;r;g;b and 48;2;r;g;b. Source: ITU-T T.416 (ISO 8613-6), as xterm and its successors read it.</remarks>
public static class HalfBlocks
{
    private const char UpperHalf = '▀';

    /// <summary>Draws a picture no wider than a terminal.</summary>
    /// <param name="picture">The picture; where it is wider, squares of pixels become one, each colour its brightest.</param>
    /// <param name="columns">Width of the terminal, characters, at least 1.</param>
    /// <returns>Lines, each ended by a line feed and with colours reset.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no column.</exception>
    public static string Draw(Picture picture, int columns)
    {
        ArgumentNullException.ThrowIfNull(picture);
        Guard.AtLeast(columns, 1, nameof(columns));
        int block = (picture.Width + columns - 1) / columns;
        var text = new StringBuilder();
        for (int top = 0; top < picture.Height; top += 2 * block)
        {
            Colour? ink = null, paper = null;
            for (int left = 0; left < picture.Width; left += block)
            {
                Colour above = Brightest(picture, left, top, block), below = Brightest(picture, left, top + block, block);
                Set(text, 38, above, ref ink);
                Set(text, 48, below, ref paper);
                text.Append(UpperHalf);
            }

            text.Append("\e[0m\n");
        }

        return text.ToString();
    }

    /// <summary>Sets a colour where it changes: most of an event picture is black.</summary>
    private static void Set(StringBuilder text, int what, Colour colour, ref Colour? now)
    {
        if (colour != now)
        {
            text.Append(CultureInfo.InvariantCulture, $"\e[{what};2;{colour.Red};{colour.Green};{colour.Blue}m");
            now = colour;
        }
    }

    /// <summary>The brightest of each colour in a square; below the picture black.</summary>
    private static Colour Brightest(Picture picture, int left, int top, int block)
    {
        (byte red, byte green, byte blue) = (0, 0, 0);
        for (int y = top; y < Math.Min(top + block, picture.Height); y++)
        {
            for (int x = left; x < Math.Min(left + block, picture.Width); x++)
            {
                Colour colour = picture[x, y];
                (red, green, blue) = (Math.Max(red, colour.Red), Math.Max(green, colour.Green), Math.Max(blue, colour.Blue));
            }
        }

        return new Colour(red, green, blue);
    }
}
