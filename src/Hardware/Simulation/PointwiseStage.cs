using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A pointwise convolution of a depthwise one's sums: nearly all of them are not 0, so they are read where they lie, row by row, and not listed.</summary>
internal sealed class PointwiseStage<T> : IStage<T>
    where T : struct, INumber<T>
{
    private readonly NodeOutput<T> _source;
    private readonly T[] _weights;   // [In, Out]

    /// <param name="source">Sums, [C,H,W].</param>
    /// <param name="targets">Channels made.</param>
    /// <param name="weights">[Out, In].</param>
    public PointwiseStage(NodeOutput<T> source, int targets, T[] weights)
    {
        _source = source;
        int channels = source.Shape.Channels;
        _weights = new T[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            _weights[(i % channels * targets) + (i / channels)] = weights[i];
        }
    }

    /// <summary>Whether a convolution reads each pixel by itself.</summary>
    public static bool Fits(ConvolutionOperation conv, NodeOutput<T> source) =>
        conv is { Kernel: 1, Stride: 1, Padding: 0, Groups: 1 } && source is { Sums: not null, ChannelsInnermost: false };

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        int width = output.Shape.Width, targets = output.Shape.Channels;
        for (int y = 0; y < output.Shape.Height; y++)
        {
            for (int c = 0; c < _source.Shape.Channels; c++)
            {
                ReadOnlySpan<T> row = _source.Sums.AsSpan((c * _source.Pixels) + (y * width), width);
                ReadOnlySpan<T> weights = _weights.AsSpan(c * targets, targets);
                AddRow(output.Sums.AsSpan(y * width * targets, width * targets), row, weights);
                int events = width - row.Count(T.Zero);
                activity.Events += events;
                activity.SynapticOperations += (long)events * targets;
            }

            for (int x = 0; x < width; x++)
            {
                output.Touch((y * width) + x);
            }
        }

        activity.SerialOperations = activity.SynapticOperations;   // a sum is a number to multiply with, not so many spikes
    }

    private static void AddRow(Span<T> sums, ReadOnlySpan<T> row, ReadOnlySpan<T> weights)
    {
        if (weights.Length == 1)   // one target channel: the row is the vector
        {
            ConvolutionStage<T>.AddScaled(sums, row, weights[0]);
            return;
        }

        for (int x = 0; x < row.Length; x++)
        {
            if (row[x] != T.Zero)
            {
                ConvolutionStage<T>.AddScaled(sums.Slice(x * weights.Length, weights.Length), weights, row[x]);
            }
        }
    }
}
