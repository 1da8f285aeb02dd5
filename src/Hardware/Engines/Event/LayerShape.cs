using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Where a convolution reads: its source, and how its taps fall on source rows and columns.</summary>
/// <param name="Source">What it reads.</param>
/// <param name="Rows">Taps along the rows.</param>
/// <param name="Columns">Taps along the columns.</param>
/// <param name="Resized">Whether a nearest resize stands before it.</param>
internal sealed record LayerShape<T>(EventSource<T> Source, AxisTaps Rows, AxisTaps Columns, bool Resized)
    where T : unmanaged
{
    /// <summary>Lays a convolution over its source.</summary>
    public static LayerShape<T> Of(EventSource<T> source, NearestResizeOperation? resize, ConvolutionOperation convolution) => new(
        source,
        new AxisTaps(source.Shape.Height, resize?.Height, convolution.Kernel, convolution.Stride, convolution.Padding),
        new AxisTaps(source.Shape.Width, resize?.Width, convolution.Kernel, convolution.Stride, convolution.Padding),
        resize is not null);

    /// <summary>Taps an axis.</summary>
    public int Kernel => Rows.Kernel;
}
