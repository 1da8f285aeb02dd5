using System.Globalization;
using SkiaSharp;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>Draws who fired when: a band a layer, a row a neuron, time to the right, and a line at the decision.</summary>
public static class SpikeRaster
{
    private const int Left = 124;
    private const int Top = 84;
    private const int Margin = 28;
    private const int Gap = 14;
    private const int BandHeight = 196;
    private const int OutputRow = 12;
    private const int ImageZoom = 4;
    private static readonly Colour Dark = new(0, 0, 0);
    private static readonly Colour[] Bands = [new(0xFE, 0xCA, 0x8D), new(0xF1, 0x60, 0x5D), new(0x8B, 0xFF, 0x4B)];
    private static readonly Colour Decision = new(0xFF, 0xFF, 0xFF);

    /// <summary>Draws the page of the last image that a network ran.</summary>
    /// <param name="network">A network after <see cref="LatencyNetwork.Run"/>.</param>
    /// <param name="input">The image's spikes by time.</param>
    /// <param name="pixels">The image, brightness 0..255, shape [H,W].</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="headline">The line on top.</param>
    public static Picture Draw(LatencyNetwork network, ReadOnlySpan<TimedSpike> input, ReadOnlySpan<byte> pixels, LatencyDecision decision, string headline)
    {
        ArgumentNullException.ThrowIfNull(network);
        LatencySettings settings = network.Settings;
        int zoom = Math.Max(1, 768 / settings.Steps), width = zoom * (settings.Steps + 1);
        int outputs = OutputRow * ClassificationScore.Classes, imageLeft = Left + width + Margin;
        var page = new Picture(imageLeft + (ImageZoom * settings.Width) + Margin, Top + (2 * (BandHeight + Gap)) + outputs + (2 * Margin));
        using var pen = new PagePen();
        using SKBitmap bitmap = PagePen.Canvas(page);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(PagePen.Paper);
            pen.Headline(canvas, headline, Margin, 38);
            pen.Small(canvas, Subline(decision, network.HiddenSpikes, settings), Margin, 62);
            PagePen.Enlarged(canvas, Image(pixels, settings), SKRectI.Create(imageLeft, Top, ImageZoom * settings.Width, ImageZoom * settings.Height));
            Band(canvas, pen, "pixels", 0, Top, BandHeight, input, settings.Inputs);
            Band(canvas, pen, "hidden", 1, Top + BandHeight + Gap, BandHeight, network.HiddenSpikes, settings.Hidden);
            int top = Top + (2 * (BandHeight + Gap));
            Band(canvas, pen, "outputs", 2, top, outputs, Spikes(network.OutputTimes, settings.Steps), ClassificationScore.Classes);
            for (int o = 0; o < ClassificationScore.Classes; o++)
            {
                pen.Small(canvas, settings.LabelOrder[o].ToString(CultureInfo.InvariantCulture), Left - 16, top + (OutputRow * o) + 11);
            }

            pen.Small(canvas, "0", Left, top + outputs + 18);
            string last = $"step {settings.Steps}";
            pen.Small(canvas, last, Left + width - pen.SmallWidth(last), top + outputs + 18);
            PagePen.Block(canvas, Decision, SKRectI.Create(Left + (zoom * decision.Step), Top, 1, top + outputs - Top));
        }

        PagePen.CopyTo(bitmap, page);
        return page;

        void Band(SKCanvas canvas, PagePen pen, string name, int colour, int top, int height, ReadOnlySpan<TimedSpike> spikes, int neurons)
        {
            pen.Title(canvas, name, Margin, top + 14);
            PagePen.Block(canvas, Dark, SKRectI.Create(Left, top, width, height));
            int dot = Math.Max(2, height / neurons);
            foreach (TimedSpike spike in spikes)
            {
                PagePen.Block(canvas, Bands[colour], SKRectI.Create(Left + (zoom * spike.Time), top + (int)((long)spike.Neuron * height / neurons), Math.Max(2, zoom), dot));
            }
        }
    }

    private static string Subline(LatencyDecision decision, ReadOnlySpan<TimedSpike> hidden, LatencySettings settings)
    {
        int before = 0;
        foreach (TimedSpike spike in hidden)
        {
            before += spike.Time < decision.Step ? 1 : 0;
        }

        string when = decision.Silent ? "no output fired" : $"decided at step {decision.Step} of {settings.Steps} (white line)";
        return $"{when}; {before} of {settings.Hidden} hidden neurons had fired by then";
    }

    private static TimedSpike[] Spikes(ReadOnlySpan<ushort> times, int steps)
    {
        var spikes = new List<TimedSpike>();
        for (int i = 0; i < times.Length; i++)
        {
            if (times[i] < steps)
            {
                spikes.Add(new TimedSpike(times[i], (ushort)i));
            }
        }

        return [.. spikes];
    }

    private static Picture Image(ReadOnlySpan<byte> pixels, LatencySettings settings)
    {
        Guard.Length(pixels.Length, settings.Inputs, nameof(pixels));
        var image = new Picture(settings.Width, settings.Height);
        for (int i = 0; i < pixels.Length; i++)
        {
            image[i % settings.Width, i / settings.Width] = new Colour(pixels[i], pixels[i], pixels[i]);
        }

        return image;
    }
}
