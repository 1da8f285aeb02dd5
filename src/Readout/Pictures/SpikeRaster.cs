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

    /// <summary>Draws the page of the last image that a latency network ran.</summary>
    /// <param name="network">A network after <see cref="LatencyNetwork.Run"/>.</param>
    /// <param name="input">The image's spikes by time.</param>
    /// <param name="pixels">The image, brightness 0..255, shape [H,W].</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="headline">The line on top.</param>
    public static Picture Draw(LatencyNetwork network, ReadOnlySpan<TimedSpike> input, ReadOnlySpan<byte> pixels, LatencyDecision decision, string headline)
    {
        ArgumentNullException.ThrowIfNull(network);
        LatencySettings settings = network.Settings;
        Band[] bands =
        [
            new("pixels", settings.Inputs, Spikes(input)),
            new("hidden", settings.Hidden, Spikes(network.HiddenSpikes)),
            new("outputs", ClassificationScore.Classes, Fired(network.OutputTimes, 0, settings.Steps)) { RowNames = settings.LabelOrder },
        ];
        return Draw(bands, settings.Steps, decision, Image(pixels, settings.Height, settings.Width), headline, Subline(decision, network.HiddenSpikes, settings));
    }

    /// <summary>Draws the page of an image that a single-spike network with windows of its layers' own ran: the outputs do not fire, their potentials are told in the last line.</summary>
    /// <param name="network">A network after <see cref="TtfsNetwork.Forward"/>.</param>
    /// <param name="image">Which of its images.</param>
    /// <param name="times">Step of each pixel's spike, shape [C,H,W].</param>
    /// <param name="pixels">The image's first channel, brightness 0..255, shape [H,W].</param>
    /// <param name="decision">What was decided, and when it was certain.</param>
    /// <param name="headline">The line on top.</param>
    public static Picture Draw(TtfsNetwork network, int image, ReadOnlySpan<ushort> times, ReadOnlySpan<byte> pixels, LatencyDecision decision, string headline)
    {
        ArgumentNullException.ThrowIfNull(network);
        int steps = network.Settings.Steps;
        List<Band> bands = [new("pixels", times.Length, Fired(times, 0, steps))];
        var silent = new List<string>();
        for (int l = 0; l < network.Layers.Count - 1; l++)
        {
            RampLayer layer = network.Layers[l];
            var fired = new ushort[layer.Height * layer.Width * layer.Neurons];
            network.Times(l, image, fired);
            bands.Add(new($"layer {l + 1}", fired.Length, Fired(fired, (l + 1) * steps, steps)));
            silent.Add(string.Create(CultureInfo.InvariantCulture, $"{100.0 * fired.Count(time => time >= steps) / fired.Length:F0} %"));
        }

        string subline = $"decided by all spikes until step {network.DecisionSteps}, certain at step {decision.Step} (white line); silent by layer: {string.Join(", ", silent)}";
        return Draw(bands, network.DecisionSteps, decision, Image(pixels, network.Settings.Height, network.Settings.Width), headline, subline);
    }

    private static Picture Draw(IReadOnlyList<Band> bands, int steps, LatencyDecision decision, Picture shown, string headline, string subline)
    {
        int zoom = Math.Max(1, 768 / steps), width = zoom * (steps + 1), imageLeft = Left + width + Margin, imageWidth = ImageZoom * shown.Width;
        var page = new Picture(imageLeft + imageWidth + Margin, Top + bands.Sum(band => band.Height + Gap) - Gap + (2 * Margin));
        using var pen = new PagePen();
        using SKBitmap bitmap = PagePen.Canvas(page);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(PagePen.Paper);
            pen.Headline(canvas, headline, Margin, 38);
            pen.Small(canvas, subline, Margin, 62);
            PagePen.Enlarged(canvas, shown, SKRectI.Create(imageLeft, Top, imageWidth, ImageZoom * shown.Height));
            int top = Top;
            for (int b = 0; b < bands.Count; b++)
            {
                DrawBand(canvas, pen, bands[b], Bands[Math.Min(b, Bands.Length - 1)], top, width, zoom);
                top += bands[b].Height + Gap;
            }

            top -= Gap;
            pen.Small(canvas, "0", Left, top + 18);
            string last = $"step {steps}";
            pen.Small(canvas, last, Left + width - pen.SmallWidth(last), top + 18);
            PagePen.Block(canvas, Decision, SKRectI.Create(Left + (zoom * decision.Step), Top, 1, top - Top));
        }

        PagePen.CopyTo(bitmap, page);
        return page;
    }

    private static void DrawBand(SKCanvas canvas, PagePen pen, Band band, Colour colour, int top, int width, int zoom)
    {
        pen.Title(canvas, band.Name, Margin, top + 14);
        PagePen.Block(canvas, Dark, SKRectI.Create(Left, top, width, band.Height));
        int dot = Math.Max(2, band.Height / band.Neurons), mark = Math.Max(2, zoom);
        foreach (((int time, int row), int spikes) in band.Spikes.CountBy(spike => (spike.Time, Row: (int)((long)spike.Neuron * band.Height / band.Neurons / dot))))
        {
            double share = spikes * (double)band.Height / dot / band.Neurons;   // of the neurons that share a row: a dot for a single one, brighter the more of many fire
            PagePen.Block(canvas, Dimmed(colour, Math.Min(1.0, Math.Max(band.Neurons * dot <= 16 * band.Height ? 1.0 : 0.3, Math.Sqrt(share)))), SKRectI.Create(Left + (zoom * time), top + (row * dot), mark, dot));
        }

        for (int row = 0; row < band.RowNames.Count; row++)
        {
            pen.Small(canvas, band.RowNames[row].ToString(CultureInfo.InvariantCulture), Left - 16, top + (OutputRow * row) + 11);
        }
    }

    private static Colour Dimmed(Colour colour, double share) => new((byte)(colour.Red * share), (byte)(colour.Green * share), (byte)(colour.Blue * share));

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

    private static (int Time, int Neuron)[] Spikes(ReadOnlySpan<TimedSpike> spikes) => Array.ConvertAll(spikes.ToArray(), spike => ((int)spike.Time, (int)spike.Neuron));

    /// <summary>The spikes of neurons whose times count from the beginning of a window.</summary>
    private static (int Time, int Neuron)[] Fired(ReadOnlySpan<ushort> times, int windowStart, int never)
    {
        var spikes = new List<(int, int)>();
        for (int i = 0; i < times.Length; i++)
        {
            if (times[i] < never)
            {
                spikes.Add((windowStart + times[i], i));
            }
        }

        return [.. spikes];
    }

    private static Picture Image(ReadOnlySpan<byte> pixels, int height, int width)
    {
        Guard.Length(pixels.Length, height * width, nameof(pixels));
        var image = new Picture(width, height);
        for (int i = 0; i < pixels.Length; i++)
        {
            image[i % width, i / width] = new Colour(pixels[i], pixels[i], pixels[i]);
        }

        return image;
    }

    private sealed record Band(string Name, int Neurons, (int Time, int Neuron)[] Spikes)
    {
        /// <summary>What the rows stand for, where each is to be named.</summary>
        public IReadOnlyList<int> RowNames { get; init; } = [];

        public int Height => RowNames.Count > 0 ? OutputRow * Neurons : BandHeight;
    }
}
