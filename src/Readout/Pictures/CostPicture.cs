using System.Globalization;
using SkiaSharp;

namespace StereoSpike.Readout;

/// <summary>Draws costs over something that they grow with, a line each, on a logarithmic axis: factors between lines are distances.</summary>
public static class CostPicture
{
    private const int Width = 820, Height = 460, Left = 72, Top = 64, Right = 150, Bottom = 60;
    private static readonly SKColor[] Colours = [new(0x6E, 0xA8, 0xFE), new(0xF2, 0xC1, 0x4E), new(0xE0, 0x5A, 0x4E), new(0x7B, 0xC8, 0x8F), new(0xB9, 0x8C, 0xE8), new(0x9B, 0xA3, 0xAE)];

    /// <summary>Draws lines.</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="across">What the places across are.</param>
    /// <param name="places">Names of the places, left to right, at equal distances; at least one.</param>
    /// <param name="lines">Names of lines and a cost at each place, greater than 0; NaN where there is none.</param>
    /// <exception cref="ArgumentException">A line has another number of costs than there are places.</exception>
    public static Picture Draw(string title, string across, IReadOnlyList<string> places, IReadOnlyList<(string Name, IReadOnlyList<double> Costs)> lines)
    {
        ArgumentNullException.ThrowIfNull(places);
        ArgumentNullException.ThrowIfNull(lines);
        foreach ((_, IReadOnlyList<double> costs) in lines)
        {
            Guard.Length(costs.Count, places.Count, nameof(lines));
        }

        double[] all = [.. lines.SelectMany(line => line.Costs).Where(double.IsFinite)];
        double least = Math.Floor(Math.Log10(all.Min())), most = Math.Max(least + 1, Math.Ceiling(Math.Log10(all.Max())));
        var picture = new Picture(Width, Height);
        using var pen = new PagePen();
        using SKBitmap bitmap = PagePen.Canvas(picture);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(PagePen.Paper);
            pen.Headline(canvas, title, Left, 34);
            Grid(canvas, pen, across, places, least, most);
            var taken = new List<float>();
            foreach (((string name, IReadOnlyList<double> costs), int i) in lines.Select((line, i) => (line, i)))
            {
                Line(canvas, pen, name, costs, Colours[i % Colours.Length], least, most, taken);
            }
        }

        PagePen.CopyTo(bitmap, picture);
        return picture;
    }

    private static float X(int place, int places) => Left + 24 + (places == 1 ? 0 : place * (Width - Left - Right - 48f) / (places - 1));

    private static float Y(double cost, double least, double most) => Top + (float)((most - Math.Log10(cost)) / (most - least) * (Height - Top - Bottom));

    private static void Grid(SKCanvas canvas, PagePen pen, string across, IReadOnlyList<string> places, double least, double most)
    {
        using var line = new SKPaint { Color = new SKColor(0x3A, 0x41, 0x4B) };
        for (double decade = least; decade <= most; decade++)
        {
            foreach (int step in (int[])[1, 2, 5])
            {
                double cost = step * Math.Pow(10, decade);
                if (decade < most || step == 1)
                {
                    float y = Y(cost, least, most);
                    canvas.DrawRect(Left, y, Width - Left - Right, 1, line);
                    string label = cost.ToString("0.###", CultureInfo.InvariantCulture);
                    pen.Small(canvas, label, Left - 8 - pen.SmallWidth(label), (int)y + 5);
                }
            }
        }

        for (int i = 0; i < places.Count; i++)
        {
            pen.Small(canvas, places[i], (int)X(i, places.Count) - (pen.SmallWidth(places[i]) / 2), Height - Bottom + 22);
        }

        pen.Small(canvas, across, Left + 24, Height - Bottom + 44);
    }

    private static void Line(SKCanvas canvas, PagePen pen, string name, IReadOnlyList<double> costs, SKColor colour, double least, double most, List<float> taken)
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true, StrokeWidth = 2.5f };
        SKPoint? before = null;
        for (int i = 0; i < costs.Count; i++)
        {
            SKPoint? here = double.IsFinite(costs[i]) ? new SKPoint(X(i, costs.Count), Y(costs[i], least, most)) : null;
            if (here is { } point)
            {
                canvas.DrawCircle(point, 4, paint);
                if (before is { } last)
                {
                    canvas.DrawLine(last, point, paint);
                }
            }

            before = here ?? before;
        }

        if (before is { } end)
        {
            float y = end.Y;
            while (taken.Any(other => Math.Abs(other - y) < 15))   // names of lines that end together stand below one another
            {
                y += 1;
            }

            taken.Add(y);
            canvas.DrawRect(Width - Right + 6, y - 5, 10, 10, paint);
            pen.Small(canvas, name, Width - Right + 22, (int)y + 4);
        }
    }
}
