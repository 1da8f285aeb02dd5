using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A depthwise convolution by events: each adds its channel's kernel, turned over, around the place where it fell. Sums lie [C,H,W].</summary>
internal sealed class DepthwiseStage<T>(ConvolutionOperation conv, NodeOutput<T> source, FeatureShape made, T[] weights) : IStage<T>
    where T : struct, INumber<T>
{
    private readonly RoutingTable _rows = RoutingTable.OfKernel(source.Shape.Height, made.Height, conv.Kernel, conv.Stride, conv.Padding);
    private readonly RoutingTable _columns = RoutingTable.OfKernel(source.Shape.Width, made.Width, conv.Kernel, conv.Stride, conv.Padding);

    /// <summary>Whether a convolution has one kernel a channel.</summary>
    public static bool Fits(ConvolutionOperation conv, int channels) => conv.Groups == channels && conv.OutChannels == channels;

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        AddressEvents<T> events = source.Events();
        ReadOnlySpan<int> neurons = events.Neurons;
        ReadOnlySpan<T> counts = events.Counts;
        int pixels = source.Pixels, width = source.Shape.Width, outWidth = output.Shape.Width, outPixels = output.Pixels, kernel = conv.Kernel;
        for (int e = 0; e < neurons.Length; e++)
        {
            int c = neurons[e] / pixels, pixel = neurons[e] % pixels;
            T count = counts[e];
            (int Tap, int Target)[] rows = _rows[pixel / width], columns = _columns[pixel % width];
            ReadOnlySpan<T> taps = weights.AsSpan(c * kernel * kernel, kernel * kernel);
            foreach ((int i, int y) in rows)
            {
                Span<T> sums = output.Sums.AsSpan((c * outPixels) + (y * outWidth), outWidth);
                ReadOnlySpan<T> row = taps.Slice(i * kernel, kernel);
                foreach ((int j, int x) in columns)
                {
                    sums[x] += count * row[j];
                }
            }

            ConvolutionStage<T>.Counted(activity, count, (long)rows.Length * columns.Length);
        }
    }
}
