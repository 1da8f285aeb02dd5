using System.Globalization;
using SkiaSharp;

namespace StereoSpike.Readout;

/// <summary>Draws which classes are taken for which: a row a true class, a column a decided one, shares of the row in per cent.</summary>
public static class ConfusionPicture
{
    private const int Cell = 48;
    private const int Left = 96;
    private const int Top = 112;
    private const int Margin = 28;
    private const double SmallestShown = 0.0005;   // below it the cell would read 0.0

    /// <summary>Draws the page.</summary>
    /// <param name="score">A classifier's score.</param>
    /// <param name="names">A name a class; their numbers if left out.</param>
    /// <exception cref="ArgumentException">There is not one name a class.</exception>
    public static Picture Draw(ClassificationScore score, IReadOnlyList<string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(score);
        names ??= [.. Enumerable.Range(0, ClassificationScore.Classes).Select(label => label.ToString(CultureInfo.InvariantCulture))];
        Guard.Length(names.Count, ClassificationScore.Classes, nameof(names));
        var counts = new double[ClassificationScore.Classes, ClassificationScore.Classes];
        for (int i = 0; i < counts.Length; i++)
        {
            (int label, int decided) = (i / ClassificationScore.Classes, i % ClassificationScore.Classes);
            counts[label, decided] = score.Confusion(label, decided);
        }

        return Draw(counts, names, string.Create(CultureInfo.InvariantCulture, $"{score.Images} images, strict accuracy {100 * score.AccuracyStrict:F2} %"));
    }

    /// <summary>Draws the page for any number of classes.</summary>
    /// <param name="counts">How many of a class (first index) were taken for a class (second index).</param>
    /// <param name="names">A name a class.</param>
    /// <param name="words">What was judged, and how well it went.</param>
    /// <exception cref="ArgumentException">There is not one name a class.</exception>
    public static Picture Draw(double[,] counts, IReadOnlyList<string> names, string words)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(names);
        int classes = counts.GetLength(0);
        Guard.Length(names.Count, classes, nameof(names));
        using var pen = new PagePen();
        int left = Math.Max(Left, Margin + 12 + names.Max(pen.TitleWidth)), side = Cell * classes;
        string explanation = "% of each row; row: class, column: decision";
        var page = new Picture(Math.Max(left + side, Margin + Math.Max(pen.SmallWidth(words), pen.SmallWidth(explanation))) + Margin, Top + side + Margin);
        using SKBitmap pixels = PagePen.Canvas(page);
        using (var canvas = new SKCanvas(pixels))
        {
            canvas.Clear(PagePen.Paper);
            pen.Headline(canvas, "What was taken for what", Margin, 34);
            pen.Small(canvas, words, Margin, 56);
            pen.Small(canvas, explanation, Margin, 74);
            for (int label = 0; label < classes; label++)
            {
                int at = (Cell * label) + (Cell / 2);
                string above = Shortened(pen, names[label]);
                pen.Title(canvas, above, left + at - (pen.TitleWidth(above) / 2), Top - 10);
                pen.Title(canvas, names[label], left - 12 - pen.TitleWidth(names[label]), Top + at + 5);
                DrawRow(canvas, pen, counts, label, left);
            }
        }

        PagePen.CopyTo(pixels, page);
        return page;
    }

    /// <summary>As much of a name as fits over a column.</summary>
    private static string Shortened(PagePen pen, string name)
    {
        while (name.Length > 1 && pen.TitleWidth(name) > Cell - 4)
        {
            name = name[..^1];
        }

        return name;
    }

    private static void DrawRow(SKCanvas canvas, PagePen pen, double[,] counts, int label, int left)
    {
        int classes = counts.GetLength(0);
        double total = Enumerable.Range(0, classes).Sum(decided => counts[label, decided]);
        for (int decided = 0; decided < classes; decided++)
        {
            double share = total > 0 ? counts[label, decided] / total : double.NaN;
            int x = left + (Cell * decided), y = Top + (Cell * label);
            double brightness = label == decided ? 0.35 * share : Math.Min(0.75, 0.15 + (10 * share));   // errors are rare: a tenth of a row is bright
            PagePen.Block(canvas, ColourMap.Magma.At(!(share >= SmallestShown) ? 0.05 : brightness), SKRectI.Create(x + 1, y + 1, Cell - 2, Cell - 2));
            if (share >= SmallestShown)
            {
                string text = (100 * share).ToString("F1", CultureInfo.InvariantCulture);
                pen.Title(canvas, text, x + ((Cell - pen.TitleWidth(text)) / 2), y + (Cell / 2) + 5);
            }
        }
    }
}
