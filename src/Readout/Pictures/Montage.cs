using SkiaSharp;

namespace StereoSpike.Readout;

/// <summary>A page of panels in a grid, with titles, captions and rulers: what a report or a README shows.</summary>
/// <remarks>The page grows to hold its words, so no line is cut; the font travels with the library, so the page looks alike everywhere.</remarks>
public sealed record Montage
{
    /// <summary>The line on top; empty for none.</summary>
    public string Headline { get; init; } = "";

    /// <summary>A smaller line under it: the recording, the definition of the figures; empty for none.</summary>
    public string Subline { get; init; } = "";

    /// <summary>Panels side by side, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int Columns { get; init => field = Guard.AtLeast(value, 1); } = 3;

    /// <summary>Page pixels a picture pixel takes in each direction, 1 to 32; they stay sharp squares.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside [1, 32].</exception>
    public int Zoom { get; init => field = Guard.Within(value, 1, 32); } = 1;

    /// <summary>Draws the page.</summary>
    /// <param name="panels">At least one, row by row.</param>
    /// <exception cref="ArgumentException">There is no panel.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The page would be larger than a picture can be.</exception>
    public Picture Draw(IReadOnlyList<Panel> panels)
    {
        ArgumentNullException.ThrowIfNull(panels);
        if (panels.Count == 0)
        {
            throw new ArgumentException("A page needs at least one panel.", nameof(panels));
        }

        using var pen = new PagePen();
        var layout = new MontageLayout(this, panels, pen);
        var page = new Picture(layout.Width, layout.Height);
        using SKBitmap canvasPixels = PagePen.Canvas(page);
        using (var canvas = new SKCanvas(canvasPixels))
        {
            canvas.Clear(PagePen.Paper);
            pen.Headline(canvas, Headline, MontageLayout.Margin, layout.HeadlineBaseline);
            pen.Small(canvas, Subline, MontageLayout.Margin, layout.SublineBaseline);
            for (int i = 0; i < panels.Count; i++)
            {
                DrawPanel(canvas, pen, panels[i], layout.Places[i]);
            }
        }

        PagePen.CopyTo(canvasPixels, page);
        return page;
    }

    private void DrawPanel(SKCanvas canvas, PagePen pen, Panel panel, SKPointI place)
    {
        int width = Zoom * panel.Picture.Width, height = Zoom * panel.Picture.Height;
        pen.Title(canvas, panel.Title, place.X, place.Y - MontageLayout.TitleGap);
        PagePen.Enlarged(canvas, panel.Picture, SKRectI.Create(place.X, place.Y, width, height));
        if (panel.Scale is { } scale)
        {
            pen.Ruler(canvas, scale, place.X + width + MontageLayout.RulerGap, place.Y, height);
        }

        pen.Small(canvas, panel.Caption, place.X, place.Y + height + MontageLayout.CaptionDrop);
    }
}
