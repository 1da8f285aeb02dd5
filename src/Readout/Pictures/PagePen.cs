using System.Runtime.InteropServices;
using SkiaSharp;

namespace StereoSpike.Readout;

/// <summary>Draws the words, rulers and pictures of a page, in one look.</summary>
internal sealed class PagePen : IDisposable
{
    private const int BarWidth = 12;
    private const int TickLength = 4;
    private const int LabelGap = 8;
    private const int UnknownBand = 24;
    private const string UnknownLabel = "unknown";

    private static readonly SKTypeface Regular = Load("DejaVuSans.subset.ttf");
    private static readonly SKTypeface Bold = Load("DejaVuSans-Bold.subset.ttf");

    private readonly SKFont _headline = Font(Bold, 18);
    private readonly SKFont _title = Font(Bold, 13);
    private readonly SKFont _small = Font(Regular, 12);
    private readonly SKFont _label = Font(Regular, 11);
    private readonly SKPaint _bright = Paint(0xE8, 0xEB, 0xEF);
    private readonly SKPaint _quiet = Paint(0x9B, 0xA3, 0xAE);
    private readonly SKPaint _fill = Paint(0, 0, 0);

    /// <summary>The page behind everything: near black, so that the events' black does not glare.</summary>
    public static SKColor Paper { get; } = new(0x16, 0x19, 0x1E);

    public void Headline(SKCanvas canvas, string text, int x, int baseline) => canvas.DrawText(text, x, baseline, _headline, _bright);

    public void Title(SKCanvas canvas, string text, int x, int baseline) => canvas.DrawText(text, x, baseline, _title, _bright);

    public void Small(SKCanvas canvas, string text, int x, int baseline) => canvas.DrawText(text, x, baseline, _small, _quiet);

    public int HeadlineWidth(string text) => Width(_headline, text);

    public int TitleWidth(string text) => Width(_title, text);

    public int SmallWidth(string text) => Width(_small, text);

    /// <summary>Room that a ruler takes, px.</summary>
    public int RulerWidth(ColourScale scale)
    {
        IEnumerable<string> labels = scale.Ticks().Select(tick => tick.Label).Append(scale.HasUnknown ? UnknownLabel : "").Append(scale.Unit);
        return BarWidth + LabelGap + labels.Max(label => Width(_label, label));
    }

    /// <summary>Draws a ruler: its unit above, the highest value on top, the grey of the unknown below.</summary>
    public void Ruler(SKCanvas canvas, ColourScale scale, int x, int y, int height)
    {
        int bar = Math.Max(1, height - (scale.HasUnknown ? UnknownBand : 0));
        for (int row = 0; row < bar; row++)
        {
            double share = bar == 1 ? 0.0 : 1.0 - (row / (bar - 1.0));
            Rectangle(canvas, scale.Map.At(share), x, y + row, 1);
        }

        canvas.DrawText(scale.Unit, x + BarWidth + LabelGap, y - MontageLayout.TitleGap, _label, _quiet);
        foreach ((double value, string label) in scale.Ticks())
        {
            float at = y + (float)((1.0 - scale.Share(value)) * (bar - 1));
            canvas.DrawRect(x + BarWidth, MathF.Round(at), TickLength, 1, _quiet);
            canvas.DrawText(label, x + BarWidth + LabelGap, Math.Clamp(at + 4f, y + 8f, y + bar), _label, _bright);
        }

        if (!scale.HasUnknown)
        {
            return;
        }

        Rectangle(canvas, Colour.Unknown, x, y + height - BarWidth, BarWidth);
        canvas.DrawText(UnknownLabel, x + BarWidth + LabelGap, y + height - 2, _label, _quiet);
    }

    /// <summary>Fills a rectangle.</summary>
    public static void Block(SKCanvas canvas, Colour colour, SKRectI place)
    {
        using var paint = new SKPaint { Color = new SKColor(colour.Red, colour.Green, colour.Blue) };
        canvas.DrawRect((SKRect)place, paint);
    }

    /// <summary>Draws a picture into a place that is a whole number of times as large; its pixels become sharp squares.</summary>
    public static void Enlarged(SKCanvas canvas, Picture picture, SKRectI place)
    {
        using SKBitmap pixels = Canvas(picture);
        using SKImage image = SKImage.FromBitmap(pixels);
        canvas.DrawImage(image, (SKRect)place, new SKSamplingOptions(SKFilterMode.Nearest));
    }

    /// <summary>A bitmap that holds a copy of a picture.</summary>
    public static SKBitmap Canvas(Picture picture)
    {
        var bitmap = new SKBitmap(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        Marshal.Copy(picture.Rgba, 0, bitmap.GetPixels(), picture.Rgba.Length);
        return bitmap;
    }

    /// <summary>Copies a bitmap of <see cref="Canvas"/> back into its picture.</summary>
    public static void CopyTo(SKBitmap bitmap, Picture picture) => bitmap.GetPixelSpan().CopyTo(picture.Rgba);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable part in (IDisposable[])[_headline, _title, _small, _label, _bright, _quiet, _fill])
        {
            part.Dispose();
        }
    }

    private void Rectangle(SKCanvas canvas, Colour colour, int x, int y, int height)
    {
        _fill.Color = new SKColor(colour.Red, colour.Green, colour.Blue);
        canvas.DrawRect(x, y, BarWidth, height, _fill);
    }

    private static int Width(SKFont font, string text) => (int)MathF.Ceiling(font.MeasureText(text));

    private static SKFont Font(SKTypeface face, float sizePx) => new(face, sizePx) { Subpixel = true, Edging = SKFontEdging.Antialias };

    private static SKPaint Paint(byte red, byte green, byte blue) => new() { Color = new SKColor(red, green, blue), IsAntialias = true };

    private static SKTypeface Load(string name)
    {
        using Stream font = typeof(PagePen).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The font {name} is missing from this build of the library.");
        return SKTypeface.FromStream(font);
    }
}
