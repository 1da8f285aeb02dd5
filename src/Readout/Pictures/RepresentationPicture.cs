namespace StereoSpike.Readout;

/// <summary>An array of numbers as pictures on one page: a channel each, with a common ruler, whose ends stand for the hundredth of the values beyond them too.</summary>
public static class RepresentationPicture
{
    private const int MostColumns = 4, SmallSide = 200, LargestZoom = 16;

    /// <summary>Draws channels of a sensor's size.</summary>
    /// <param name="values">Shape [C,H,W].</param>
    /// <param name="titles">A title for each of the C channels.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="hasSigns">Whether values are sums of polarities, drawn red and blue, or amounts.</param>
    /// <param name="headline">The line on top.</param>
    /// <param name="subline">The smaller line below it.</param>
    /// <exception cref="ArgumentException">The values do not fill the shape.</exception>
    public static Picture Draw(ReadOnlySpan<float> values, IReadOnlyList<string> titles, int height, int width, bool hasSigns, string headline, string subline = "")
    {
        ArgumentNullException.ThrowIfNull(titles);
        Guard.Length(values.Length, checked(titles.Count * height * width), nameof(values));
        double most = UsualMost(values);
        ColourScale scale = hasSigns ? ColourScale.Polarity(most) : ColourScale.Amount(most);
        var panels = new Panel[titles.Count];
        for (int channel = 0; channel < panels.Length; channel++)
        {
            panels[channel] = new Panel(titles[channel], Channel(values.Slice(channel * height * width, height * width), height, width, scale)) { Scale = channel == panels.Length - 1 ? scale : null };
        }

        int zoom = Math.Clamp(SmallSide / Math.Max(height, width), 1, LargestZoom);
        return new Montage { Headline = headline, Subline = subline, Columns = panels.Length == MostColumns + 1 ? panels.Length : MostColumns, Zoom = zoom }.Draw(panels);
    }

    /// <summary>What 99 of 100 values that are not 0 stay within: a hot pixel must not darken all others. 1 where all are 0.</summary>
    private static double UsualMost(ReadOnlySpan<float> values)
    {
        var sizes = new List<float>();
        foreach (float value in values)
        {
            if (value != 0)
            {
                sizes.Add(Math.Abs(value));
            }
        }

        sizes.Sort();
        return sizes.Count > 0 ? sizes[^((sizes.Count / 100) + 1)] : 1;
    }

    private static Picture Channel(ReadOnlySpan<float> values, int height, int width, ColourScale scale)
    {
        var picture = new Picture(width, height);
        for (int i = 0; i < values.Length; i++)
        {
            picture[i % width, i / width] = scale.At(values[i]);
        }

        return picture;
    }
}
