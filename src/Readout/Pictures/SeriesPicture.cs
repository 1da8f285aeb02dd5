using System.Globalization;
using SkiaSharp;

namespace StereoSpike.Readout;

/// <summary>Draws what a series network did with one input: the input, who fired when in each layer, and the potentials of the outputs.</summary>
public static class SeriesPicture
{
    private const int Left = 124;
    private const int Top = 84;
    private const int Margin = 28;
    private const int Gap = 14;
    private const int BandHeight = 120;
    private const int PlotWidth = 768;
    private const int TraceHeight = 200;
    private const int MostNamed = 16;
    private static readonly Colour Spike = new(0xF1, 0x60, 0x5D);
    private static readonly Colour Dark = new(0, 0, 0);

    /// <summary>Draws the page.</summary>
    /// <param name="settings">The network.</param>
    /// <param name="input">What it was given, shape [T,F,inputs].</param>
    /// <param name="trace">What it did.</param>
    /// <param name="headline">The line on top.</param>
    public static Picture Draw(SeriesSettings settings, ReadOnlySpan<float> input, SeriesTrace trace, string headline)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(trace);
        int layers = settings.Layers.Count, outputs = settings.Outputs.Count, traceTop = Top + ((layers + 1) * (BandHeight + Gap));
        using var pen = new PagePen();
        int names = settings.Outputs.Take(MostNamed).Max(pen.SmallWidth);
        var page = new Picture(Left + PlotWidth + names + 24 + Margin, traceTop + TraceHeight + (2 * Margin));
        using SKBitmap bitmap = PagePen.Canvas(page);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(PagePen.Paper);
            pen.Headline(canvas, headline, Margin, 38);
            pen.Small(canvas, string.Join(", ", Enumerable.Range(0, layers).Select(layer => string.Create(CultureInfo.InvariantCulture, $"layer {layer + 1}: {100 * trace.Activity(layer):F1} %"))) + " of neurons active at a step", Margin, 62);
            pen.Title(canvas, "input", Margin, Top + 14);
            PagePen.Enlarged(canvas, Map(input, settings.Steps, settings.Bands, settings.Inputs), SKRectI.Create(Left, Top, PlotWidth, BandHeight));
            for (int layer = 0; layer < layers; layer++)
            {
                int top = Top + ((layer + 1) * (BandHeight + Gap));
                pen.Title(canvas, $"layer {layer + 1}", Margin, top + 14);
                PagePen.Enlarged(canvas, Raster(trace.Layers[layer].Output, settings.Steps), SKRectI.Create(Left, top, PlotWidth, BandHeight));
            }

            pen.Title(canvas, "outputs", Margin, traceTop + 14);
            PagePen.Block(canvas, Dark, SKRectI.Create(Left, traceTop, PlotWidth, TraceHeight));
            DrawTraces(canvas, pen, settings, trace, traceTop);
            pen.Small(canvas, "step 0", Left, traceTop + TraceHeight + 18);
            string last = $"step {settings.Steps - 1}";
            pen.Small(canvas, last, Left + PlotWidth - pen.SmallWidth(last), traceTop + TraceHeight + 18);
        }

        PagePen.CopyTo(bitmap, page);
        return page;
    }

    /// <summary>The first channel of every band: a column a step, the highest band on top.</summary>
    private static Picture Map(ReadOnlySpan<float> input, int steps, int bands, int inputs)
    {
        bool single = bands == 1;   // then channels are what there is to see
        int rows = single ? inputs : bands, stride = single ? 1 : inputs;
        (int width, int height) = (Math.Min(steps, PlotWidth), Math.Min(rows, BandHeight));
        float highest = float.Epsilon;
        foreach (float value in input)
        {
            highest = MathF.Max(highest, value);
        }

        var picture = new Picture(width, height);
        for (int t = 0; t < steps; t++)
        {
            for (int row = 0; row < rows; row++)
            {
                float share = Math.Clamp(input[(t * bands * inputs) + (row * stride)] / highest, 0f, 1f);
                (int x, int y) = ((int)((long)t * width / steps), height - 1 - (int)((long)row * height / rows));
                Colour colour = ColourMap.Magma.At(share);
                picture[x, y] = Brighter(picture[x, y], colour);
            }
        }

        return picture;
    }

    private static Picture Raster(float[] output, int steps)
    {
        int neurons = output.Length / steps, width = Math.Min(steps, PlotWidth), height = Math.Min(neurons, BandHeight);
        var picture = new Picture(width, height);
        for (int i = 0; i < output.Length; i++)
        {
            if (output[i] != 0f)
            {
                picture[(int)((long)(i / neurons) * width / steps), height - 1 - (int)((long)(i % neurons) * height / neurons)] = Spike;
            }
        }

        return picture;
    }

    private static void DrawTraces(SKCanvas canvas, PagePen pen, SeriesSettings settings, SeriesTrace trace, int top)
    {
        float[] potentials = trace.Layers[^1].Potentials;
        int outputs = settings.Outputs.Count;
        float lowest = potentials.Min(), highest = potentials.Max(), range = MathF.Max(highest - lowest, float.Epsilon);
        for (int k = 0; k < outputs; k++)
        {
            bool decided = settings.IsClassifier && k == trace.Decision;
            Colour colour = decided ? new Colour(0xFF, 0xFF, 0xFF) : ColourMap.Turbo.At(outputs == 1 ? 0.5 : 0.1 + (0.8 * k / (outputs - 1)));
            using var paint = new SKPaint { Color = new SKColor(colour.Red, colour.Green, colour.Blue), IsAntialias = true, StrokeWidth = decided ? 2.5f : 1.2f, Style = SKPaintStyle.Stroke };
            using var path = new SKPath();
            for (int t = 0; t < settings.Steps; t++)
            {
                float x = Left + ((t + 0.5f) * PlotWidth / settings.Steps), y = top + TraceHeight - 4 - ((potentials[(t * outputs) + k] - lowest) / range * (TraceHeight - 8));
                if (t == 0)
                {
                    path.MoveTo(x, y);
                }
                else
                {
                    path.LineTo(x, y);
                }
            }

            canvas.DrawPath(path, paint);
            if (k < MostNamed)
            {
                int y = top + 12 + (k * Math.Min(14, (TraceHeight - 12) / Math.Min(outputs, MostNamed)));
                PagePen.Block(canvas, colour, SKRectI.Create(Left + PlotWidth + 8, y - 8, 8, 8));
                pen.Small(canvas, settings.Outputs[k], Left + PlotWidth + 22, y);
            }
        }
    }

    private static Colour Brighter(Colour a, Colour b) => a.Red + a.Green + a.Blue > b.Red + b.Green + b.Blue ? a : b;
}
