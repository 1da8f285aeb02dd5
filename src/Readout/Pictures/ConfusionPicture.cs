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
        int side = Cell * ClassificationScore.Classes;
        var page = new Picture(Left + side + Margin, Top + side + Margin);
        using var pen = new PagePen();
        using SKBitmap pixels = PagePen.Canvas(page);
        using (var canvas = new SKCanvas(pixels))
        {
            canvas.Clear(PagePen.Paper);
            pen.Headline(canvas, "What was taken for what", Margin, 38);
            pen.Small(canvas, string.Create(CultureInfo.InvariantCulture, $"{score.Images} images, % of each row; strict accuracy {100 * score.AccuracyStrict:F2} %; row: class, column: decision"), Margin, 62);
            for (int label = 0; label < ClassificationScore.Classes; label++)
            {
                int at = (Cell * label) + (Cell / 2);
                pen.Title(canvas, names[label], Left + at - (pen.TitleWidth(names[label]) / 2), Top - 10);
                pen.Title(canvas, names[label], Left - 12 - pen.TitleWidth(names[label]), Top + at + 5);
                DrawRow(canvas, pen, score, label);
            }
        }

        PagePen.CopyTo(pixels, page);
        return page;
    }

    private static void DrawRow(SKCanvas canvas, PagePen pen, ClassificationScore score, int label)
    {
        double total = Enumerable.Range(0, ClassificationScore.Classes).Sum(decided => score.Confusion(label, decided));
        for (int decided = 0; decided < ClassificationScore.Classes; decided++)
        {
            double share = total > 0 ? score.Confusion(label, decided) / total : double.NaN;
            int x = Left + (Cell * decided), y = Top + (Cell * label);
            double brightness = label == decided ? 0.35 * share : Math.Min(0.75, 0.15 + (10 * share));   // errors are rare: a tenth of a row is bright
            PagePen.Block(canvas, ColourMap.Magma.At(share < SmallestShown ? 0.05 : brightness), SKRectI.Create(x + 1, y + 1, Cell - 2, Cell - 2));
            if (share >= SmallestShown)
            {
                string text = (100 * share).ToString("F1", CultureInfo.InvariantCulture);
                pen.Title(canvas, text, x + ((Cell - pen.TitleWidth(text)) / 2), y + (Cell / 2) + 5);
            }
        }
    }
}
