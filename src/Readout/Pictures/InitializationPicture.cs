using System.Globalization;
using SkiaSharp;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>Draws an <see cref="InitializationReport"/>: fluctuations, firing rates and how many neurons can learn, layer by layer.</summary>
public static class InitializationPicture
{
    private const int Margin = 72, PanelHeight = 150, PanelGap = 64, Top = 76, Bottom = 56, MostLabels = 14, LeastWidth = 780;   // room for the longest title and its key
    private static readonly SKColor Measured = new(0xF2, 0xC1, 0x4E), Predicted = new(0x6E, 0xA8, 0xFE), Silent = new(0x5B, 0x63, 0x70), Saturated = new(0xE0, 0x5A, 0x4E), Band = new(0x24, 0x33, 0x2B);

    /// <summary>Draws the report.</summary>
    /// <param name="report">At least one layer.</param>
    /// <param name="title">A line above it, such as the way the network was started.</param>
    public static Picture Draw(InitializationReport report, string title)
    {
        ArgumentNullException.ThrowIfNull(report);
        LayerStatistics[] layers = [.. report.Layers];
        Guard.AtLeast(layers.Length, 1, nameof(report));
        var picture = new Picture(Math.Clamp(160 + (layers.Length * 70), LeastWidth, 1600), Top + (3 * PanelHeight) + (2 * PanelGap) + Bottom);
        using var pen = new PagePen();
        using SKBitmap bitmap = PagePen.Canvas(picture);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(PagePen.Paper);
            pen.Headline(canvas, title, Margin, 30);
            int width = picture.Width - (2 * Margin);
            Fluctuations(new Chart(canvas, pen, Margin, Top, width), layers);
            Rates(new Chart(canvas, pen, Margin, Top + PanelHeight + PanelGap, width), layers, report.Steps > 1);
            Shares(new Chart(canvas, pen, Margin, Top + (2 * (PanelHeight + PanelGap)), width), layers);
        }

        PagePen.CopyTo(bitmap, picture);
        return picture;
    }

    private static void Fluctuations(Chart panel, LayerStatistics[] layers)
    {
        double threshold = layers[0].Threshold, top = RoundUp(layers.Max(layer => Math.Max(Finite(layer.PredictedDeviation), Finite(layer.MeasuredDeviation))), atLeast: threshold);
        panel.Title("Fluctuation of the free potential, σ_U  (band: 1 ≤ ξ ≤ 3)", [("predicted", Predicted), ("measured", Measured)]);
        panel.Rectangle(0, threshold / 3 / top, 1, threshold / top, Band);
        panel.Axis(top);
        for (int i = 0; i < layers.Length; i++)
        {
            panel.Bar(i, layers.Length, 0, 2, Finite(layers[i].PredictedDeviation) / top, Predicted);
            panel.Bar(i, layers.Length, 1, 2, Finite(layers[i].MeasuredDeviation) / top, Measured);
        }

        panel.Labels(layers);
    }

    private static void Rates(Chart panel, LayerStatistics[] layers, bool inHertz)
    {
        double[] rates = [.. layers.Select(layer => inHertz ? layer.RateHz : layer.RatePerStep)];
        double top = RoundUp(rates.Max(), atLeast: 1e-3);
        panel.Title(inHertz ? "Firing rate, Hz" : "Firing rate, share of neurons", []);
        panel.Axis(top);
        for (int i = 0; i < layers.Length; i++)
        {
            panel.Bar(i, layers.Length, 0, 1, rates[i] / top, Measured);
        }

        panel.Labels(layers);
    }

    private static void Shares(Chart panel, LayerStatistics[] layers)
    {
        panel.Title("Shares", [("silent", Silent), ("saturated", Saturated), ("within the surrogate's support", Measured)]);
        panel.Axis(1);
        for (int i = 0; i < layers.Length; i++)
        {
            panel.Bar(i, layers.Length, 0, 3, layers[i].SilentShare, Silent);
            panel.Bar(i, layers.Length, 1, 3, layers[i].SaturatedShare, Saturated);
            panel.Bar(i, layers.Length, 2, 3, layers[i].SupportShare, Measured);
        }

        panel.Labels(layers);
    }

    /// <summary>The next of 1, 2, 4, 6, 8 tens: an axis whose half is a round number, too.</summary>
    private static double RoundUp(double value, double atLeast)
    {
        value = Math.Max(value, atLeast);
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * ((double[])[1, 2, 4, 6, 8, 10]).First(step => step * power >= value * (1 - 1e-9));
    }

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;

    /// <summary>One chart of the three: bars over layers.</summary>
    private readonly record struct Chart(SKCanvas Canvas, PagePen Pen, int X, int Y, int Width)
    {
        public void Title(string title, (string Name, SKColor Colour)[] key)
        {
            Pen.Title(Canvas, title, X, Y - 10);
            int x = X + Pen.TitleWidth(title) + 24;
            foreach ((string name, SKColor colour) in key)
            {
                using var paint = new SKPaint { Color = colour };
                Canvas.DrawRect(x, Y - 19, 10, 10, paint);
                Pen.Small(Canvas, name, x + 15, Y - 10);
                x += 15 + Pen.SmallWidth(name) + 18;
            }
        }

        public void Axis(double top)
        {
            using var line = new SKPaint { Color = new SKColor(0x3A, 0x41, 0x4B) };
            foreach (double share in (double[])[0, 0.5, 1])
            {
                float y = Y + (float)((1 - share) * PanelHeight);
                Canvas.DrawRect(X, y, Width, 1, line);
                string label = (share * top).ToString("0.#####", CultureInfo.InvariantCulture);
                Pen.Small(Canvas, label, X - 8 - Pen.SmallWidth(label), (int)y + 5);
            }
        }

        /// <summary>A filled part of the chart; sides in shares, 0 left and bottom.</summary>
        public void Rectangle(double left, double bottom, double right, double top, SKColor colour)
        {
            using var paint = new SKPaint { Color = colour };
            double high = Math.Clamp(top, 0, 1), low = Math.Clamp(bottom, 0, 1);
            Canvas.DrawRect((float)(X + (left * Width)), (float)(Y + ((1 - high) * PanelHeight)), (float)((right - left) * Width), (float)((high - low) * PanelHeight), paint);
        }

        public void Bar(int layer, int layers, int bar, int bars, double height, SKColor colour)
        {
            double slot = 1.0 / layers, used = 0.7 * slot, left = (layer * slot) + (0.15 * slot) + (bar * used / bars);
            Rectangle(left, 0, left + (0.9 * used / bars), height, colour);
        }

        public void Labels(LayerStatistics[] layers)
        {
            int every = (layers.Length + MostLabels - 1) / MostLabels;
            for (int i = 0; i < layers.Length; i += every)
            {
                string name = layers[i].Name;
                int slot = Width / layers.Length * every, centre = X + (int)((i + 0.5) * Width / layers.Length);
                while (name.Length > 4 && Pen.SmallWidth(name) > slot - 4)
                {
                    name = name[..^2] + "…";
                }

                Pen.Small(Canvas, name, centre - (Pen.SmallWidth(name) / 2), Y + PanelHeight + 18);
            }
        }
    }
}
