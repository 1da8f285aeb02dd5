using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>Measures on real values what arrives at a layer by a connection.</summary>
internal static class DriveMeasurement
{
    /// <summary>Counts synapses and averages presynaptic values.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="afferent">The connection.</param>
    /// <param name="values">What its source made, shape [N·T,C,H,W].</param>
    /// <param name="steps">T.</param>
    /// <param name="stepSeconds">dt, s.</param>
    /// <param name="activeOnly">Whether to average only where something arrives: with one step over neurons that see any value but 0, in sequences from each sample's first active step to its last.</param>
    public static AfferentDrive Of(NetworkGraph graph, Afferent afferent, Tensor values, int steps, double stepSeconds, bool activeOnly)
    {
        using var scope = NewDisposeScope();
        double share = activeOnly ? ActiveShare(afferent, values, steps) : 1;
        double scale = share > 0 ? 1 / (share * stepSeconds) : 0;
        (double fanIn, double repeated) = Synapses(graph, afferent);
        return new AfferentDrive(fanIn, values.mean().item<float>() * scale, values.square().mean().item<float>() * scale, repeated);
    }

    /// <summary>N and Σ r² of a neuron, averaged over the layer's positions.</summary>
    public static (double FanIn, double Repeated) Synapses(NetworkGraph graph, Afferent afferent)
    {
        FeatureShape input = graph[afferent.Source].Shape;
        if (Window(afferent) is not { } conv)
        {
            return (input.Count, input.Count);
        }

        FeatureShape? before = graph[afferent.Source].Operation is NearestResizeOperation ? graph[graph[afferent.Source].Inputs[0]].Shape : null;
        (double rows, double rowSquares) = Taps(input.Height, conv, before?.Height ?? input.Height);
        (double columns, double columnSquares) = Taps(input.Width, conv, before?.Width ?? input.Width);
        int channels = afferent.Depthwise is null ? input.Channels / conv.Groups : input.Channels;
        return (channels * rows * columns, channels * rowSquares * columnSquares);
    }

    /// <summary>The convolution that sees the source, null for a linear connection.</summary>
    private static ConvolutionOperation? Window(Afferent afferent) => (afferent.Depthwise ?? afferent.Weights).Operation as ConvolutionOperation;

    /// <summary>How many taps of a kernel's side fall on the image, and Σ r² over the source pixels they fall on; means over positions.</summary>
    private static (double Count, double Squares) Taps(int side, ConvolutionOperation conv, int sourceSide)
    {
        int positions = ((side + (2 * conv.Padding) - conv.Kernel) / conv.Stride) + 1;
        long count = 0, squares = 0;
        for (int position = 0; position < positions; position++)
        {
            int first = (position * conv.Stride) - conv.Padding, from = Math.Max(0, first), to = Math.Min(side, first + conv.Kernel);
            count += Math.Max(0, to - from);
            for (int i = from, run = 0; i < to; i++)
            {
                run++;
                if (i + 1 == to || NearestResize.Source(i + 1, sourceSide, side) != NearestResize.Source(i, sourceSide, side))
                {
                    squares += run * run;
                    run = 0;
                }
            }
        }

        return ((double)count / positions, (double)squares / positions);
    }

    private static double ActiveShare(Afferent afferent, Tensor values, int steps)
    {
        Tensor active = values.ne(0).any(1, keepdim: true);
        if (steps == 1)
        {
            return Window(afferent) is { } conv
                ? nn.functional.max_pool2d(active.to_type(ScalarType.Float32), [conv.Kernel, conv.Kernel], [conv.Stride, conv.Stride], [conv.Padding, conv.Padding]).mean().item<float>()
                : active.flatten(1).any(1).to_type(ScalarType.Float32).mean().item<float>();
        }

        bool[] bySampleAndStep = active.flatten(1).any(1).data<bool>().ToArray();
        long covered = 0;
        for (int start = 0; start < bySampleAndStep.Length; start += steps)
        {
            ReadOnlySpan<bool> sample = bySampleAndStep.AsSpan(start, steps);
            int first = sample.IndexOf(true);
            covered += first < 0 ? 0 : sample.LastIndexOf(true) - first + 1;
        }

        return (double)covered / bySampleAndStep.Length;
    }
}
