using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A depthwise convolution by events: each adds its channel's kernel, turned over, around the place where it fell. Sums lie [C,H,W].</summary>
/// <remarks>With stride 1 the columns that an event reaches lie side by side, so away from the left and right border a kernel's row is added as vectors, filled up with zeros.</remarks>
internal sealed class DepthwiseStage<T> : IStage<T>
    where T : struct, INumber<T>
{
    private readonly ConvolutionOperation _conv;
    private readonly NodeOutput<T> _source;
    private readonly RoutingTable _rows;
    private readonly RoutingTable _columns;
    private readonly T[] _weights;
    private readonly T[] _turned;   // [C, k, _filled], each row from its last tap to its first
    private readonly int _filled;

    public DepthwiseStage(ConvolutionOperation conv, NodeOutput<T> source, FeatureShape made, T[] weights)
    {
        (_conv, _source, _weights) = (conv, source, weights);
        _rows = RoutingTable.OfKernel(source.Shape.Height, made.Height, conv.Kernel, conv.Stride, conv.Padding);
        _columns = RoutingTable.OfKernel(source.Shape.Width, made.Width, conv.Kernel, conv.Stride, conv.Padding);
        _filled = (conv.Kernel + Vector<T>.Count - 1) / Vector<T>.Count * Vector<T>.Count;
        _turned = new T[weights.Length / conv.Kernel * _filled];
        for (int i = 0; i < weights.Length; i++)
        {
            _turned[(i / conv.Kernel * _filled) + conv.Kernel - 1 - (i % conv.Kernel)] = weights[i];
        }
    }

    /// <summary>Whether a convolution has one kernel a channel.</summary>
    public static bool Fits(ConvolutionOperation conv, int channels) => conv.Groups == channels && conv.OutChannels == channels;

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        AddressEvents<T> events = _source.Events();
        ReadOnlySpan<int> neurons = events.Neurons;
        ReadOnlySpan<T> counts = events.Counts;
        int pixels = _source.Pixels, width = _source.Shape.Width, outWidth = output.Shape.Width;
        bool sideBySide = _conv.Stride == 1;
        for (int e = 0; e < neurons.Length; e++)
        {
            int c = neurons[e] / pixels, pixel = neurons[e] % pixels, column = pixel % width, first = column + _conv.Padding - _conv.Kernel + 1;
            (int Tap, int Target)[] rows = _rows[pixel / width], columns = _columns[column];
            if (sideBySide && first >= 0 && column + _conv.Padding < outWidth)
            {
                AddVectors(output, c, rows, first, counts[e]);
            }
            else
            {
                AddOneByOne(output, c, rows, columns, counts[e]);
            }

            ConvolutionStage<T>.Counted(activity, counts[e], (long)rows.Length * columns.Length);
        }
    }

    private void AddVectors(NodeOutput<T> output, int channel, (int Tap, int Target)[] rows, int first, T count)
    {
        int plane = channel * output.Pixels, width = output.Shape.Width, kernel = _conv.Kernel;
        foreach ((int i, int y) in rows)
        {
            ConvolutionStage<T>.AddScaled(output.Sums.AsSpan(plane + (y * width) + first, _filled), _turned.AsSpan(((channel * kernel) + i) * _filled, _filled), count);
        }
    }

    private void AddOneByOne(NodeOutput<T> output, int channel, (int Tap, int Target)[] rows, (int Tap, int Target)[] columns, T count)
    {
        int kernel = _conv.Kernel;
        foreach ((int i, int y) in rows)
        {
            Span<T> sums = output.Sums.AsSpan((channel * output.Pixels) + (y * output.Shape.Width), output.Shape.Width);
            ReadOnlySpan<T> row = _weights.AsSpan(((channel * kernel) + i) * kernel, kernel);
            foreach ((int j, int x) in columns)
            {
                sums[x] += count * row[j];
            }
        }
    }
}
