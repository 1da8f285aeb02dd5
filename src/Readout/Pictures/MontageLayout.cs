using SkiaSharp;

namespace StereoSpike.Readout;

/// <summary>Where everything on a page stands, px. Every column is as wide as its widest panel, every row as high as its highest.</summary>
internal sealed class MontageLayout
{
    public const int Margin = 28;
    public const int TitleGap = 9;
    public const int RulerGap = 10;
    public const int CaptionDrop = 20;

    private const int Gutter = 30;
    private const int HeadlineBand = 24;
    private const int SublineBand = 22;
    private const int BelowHead = 18;
    private const int TitleBand = 24;
    private const int CaptionBand = 26;
    private const int RowGap = 20;

    /// <summary>Lays a page out.</summary>
    public MontageLayout(Montage montage, IReadOnlyList<Panel> panels, PagePen pen)
    {
        int columns = Math.Min(montage.Columns, panels.Count), rows = (panels.Count + columns - 1) / columns;
        int[] widths = new int[columns], heights = new int[rows];
        for (int i = 0; i < panels.Count; i++)
        {
            (int width, int height) = Needs(panels[i], montage.Zoom, pen);
            widths[i % columns] = Math.Max(widths[i % columns], width);
            heights[i / columns] = Math.Max(heights[i / columns], height);
        }

        int head = Margin + (montage.Headline.Length > 0 ? HeadlineBand : 0);
        HeadlineBaseline = head - 4;
        head += montage.Subline.Length > 0 ? SublineBand : 0;
        SublineBaseline = head - 4;
        int top = head > Margin ? head + BelowHead : Margin;
        Places = new SKPointI[panels.Count];
        for (int i = 0; i < panels.Count; i++)
        {
            int column = i % columns, row = i / columns;
            Places[i] = new SKPointI(
                Margin + widths.Take(column).Sum() + (column * Gutter),
                top + heights.Take(row).Sum() + (row * RowGap) + TitleBand);
        }

        int words = Math.Max(pen.HeadlineWidth(montage.Headline), pen.SmallWidth(montage.Subline));
        Width = (2 * Margin) + Math.Max(words, widths.Sum() + ((columns - 1) * Gutter));
        Height = top + heights.Sum() + ((rows - 1) * RowGap) + Margin;
    }

    /// <summary>Width of the page.</summary>
    public int Width { get; }

    /// <summary>Height of the page.</summary>
    public int Height { get; }

    /// <summary>Row on which the headline stands.</summary>
    public int HeadlineBaseline { get; }

    /// <summary>Row on which the smaller line stands.</summary>
    public int SublineBaseline { get; }

    /// <summary>Top left corner of each panel's picture.</summary>
    public SKPointI[] Places { get; }

    private static (int Width, int Height) Needs(Panel panel, int zoom, PagePen pen)
    {
        int ruler = panel.Scale is { } scale ? RulerGap + pen.RulerWidth(scale) : 0;
        int width = Math.Max((zoom * panel.Picture.Width) + ruler, Math.Max(pen.TitleWidth(panel.Title), pen.SmallWidth(panel.Caption)));
        return (width, TitleBand + (zoom * panel.Picture.Height) + (panel.Caption.Length > 0 ? CaptionBand : 0));
    }
}
