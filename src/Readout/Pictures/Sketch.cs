using SkiaSharp;

namespace StereoSpike.Readout;

/// <summary>A page of rectangles and words, in the look of the other pictures: for plans and diagrams.</summary>
public sealed class Sketch : IDisposable
{
    private readonly Picture _picture;
    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;
    private readonly PagePen _pen = new();
    private readonly SKPaint _fill = new();

    /// <summary>Starts an empty page.</summary>
    /// <param name="width">px.</param>
    /// <param name="height">px.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1 or more than <see cref="Picture.MaximumSide"/>.</exception>
    public Sketch(int width, int height)
    {
        _picture = new Picture(width, height);
        _bitmap = PagePen.Canvas(_picture);
        _canvas = new SKCanvas(_bitmap);
        _canvas.Clear(PagePen.Paper);
    }

    /// <summary>Fills a rectangle.</summary>
    public void Fill(int x, int y, int width, int height, Colour colour)
    {
        _fill.Color = new SKColor(colour.Red, colour.Green, colour.Blue);
        _canvas.DrawRect(x, y, width, height, _fill);
    }

    /// <summary>Writes in bold.</summary>
    /// <param name="text">The words.</param>
    /// <param name="x">Left end, px.</param>
    /// <param name="baseline">Row that the letters stand on, px.</param>
    public void Title(string text, int x, int baseline) => _pen.Title(_canvas, text, x, baseline);

    /// <summary>Writes small and quiet.</summary>
    /// <inheritdoc cref="Title" path="/param"/>
    public void Small(string text, int x, int baseline) => _pen.Small(_canvas, text, x, baseline);

    /// <summary>The page as it is now.</summary>
    public Picture Finish()
    {
        _canvas.Flush();
        PagePen.CopyTo(_bitmap, _picture);
        return _picture;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fill.Dispose();
        _pen.Dispose();
        _canvas.Dispose();
        _bitmap.Dispose();
    }
}
