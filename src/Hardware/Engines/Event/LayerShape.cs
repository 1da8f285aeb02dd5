using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Where a convolution reads: its source, and how its taps fall on source rows and columns.</summary>
/// <param name="Source">What it reads.</param>
/// <param name="Rows">Taps along the rows.</param>
/// <param name="Columns">Taps along the columns.</param>
/// <param name="Resized">Whether a nearest resize stands before it.</param>
internal sealed record LayerShape(EventSource Source, AxisTaps Rows, AxisTaps Columns, bool Resized)
{
    /// <summary>Lays a convolution over its source.</summary>
    public static LayerShape Of(EventSource source, NearestResizeOperation? resize, ConvolutionOperation convolution) => new(
        source,
        new AxisTaps(source.Shape.Height, resize?.Height, convolution.Kernel, convolution.Stride, convolution.Padding),
        new AxisTaps(source.Shape.Width, resize?.Width, convolution.Kernel, convolution.Stride, convolution.Padding),
        resize is not null);

    /// <summary>Taps an axis.</summary>
    public int Kernel => Rows.Kernel;

    /// <summary>Output rows that read the same source rows, in order.</summary>
    public IReadOnlyList<RowRange> Ranges()
    {
        var ranges = new List<RowRange>();
        for (int y = 0; y < Rows.Outputs; y++)
        {
            int first = Rows.First(y), rows = Rows.Patterns[Rows.Pattern(y)].Span;
            if (ranges.Count > 0 && ranges[^1].FirstRow == first && ranges[^1].Rows == rows)
            {
                ranges[^1] = ranges[^1] with { Outputs = ranges[^1].Outputs + 1 };
            }
            else
            {
                ranges.Add(new RowRange(first, rows, y, 1));
            }
        }

        return ranges;
    }
}

/// <summary>Source rows, and the output rows that read just these.</summary>
/// <param name="FirstRow">First source row; may lie outside.</param>
/// <param name="Rows">Source rows.</param>
/// <param name="FirstOutput">First output row.</param>
/// <param name="Outputs">Output rows.</param>
internal readonly record struct RowRange(int FirstRow, int Rows, int FirstOutput, int Outputs);
