using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>Measures on real values what arrives at a layer by a connection.</summary>
internal static class DriveMeasurement
{
    /// <summary>Counts synapses and averages presynaptic values.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="afferent">The connection.</param>
    /// <param name="evaluation">Holds what its source made.</param>
    /// <param name="steps">T.</param>
    /// <param name="stepSeconds">dt, s.</param>
    /// <param name="activeOnly">Whether to average only where something arrives: with one step over neurons that see any value but 0, in sequences from each sample's first active step to its last.</param>
    public static AfferentDrive Of(NetworkGraph graph, Afferent afferent, SequenceEvaluation evaluation, int steps, double stepSeconds, bool activeOnly)
    {
        using var scope = NewDisposeScope();
        Tensor summary = Summary(graph, afferent, evaluation);
        double share = activeOnly ? ActiveShare(afferent, summary.narrow(1, 2, 1), steps) : 1;
        double scale = share > 0 ? 1 / (share * stepSeconds) : 0;
        (double fanIn, double repeated) = Synapses(graph, afferent);
        return new AfferentDrive(fanIn, summary.select(1, 0).mean().item<float>() * scale, summary.select(1, 1).mean().item<float>() * scale, repeated);
    }

    /// <summary>Whether the source of a connection has been worked out.</summary>
    public static bool IsKnown(NetworkGraph graph, Afferent afferent, SequenceEvaluation evaluation) => evaluation.Flat.ContainsKey(Read(graph, afferent).Name);

    /// <summary>What the source made, over its channels: mean, mean square, and whether any is not 0; shape [N·T,3,H,W].</summary>
    /// <remarks>All three commute with a nearest resize, so three channels are resized and not, say, 512.</remarks>
    private static Tensor Summary(NetworkGraph graph, Afferent afferent, SequenceEvaluation evaluation)
    {
        Tensor values = evaluation.Flat[Read(graph, afferent).Name];
        Tensor summary = cat([values.mean([1], keepdim: true), values.square().mean([1], keepdim: true), values.ne(0).any(1, keepdim: true).to_type(ScalarType.Float32)], 1);
        if (graph[afferent.Source].Operation is not NearestResizeOperation)
        {
            return summary;
        }

        FeatureShape resized = graph[afferent.Source].Shape;
        using Tensor rows = Sources(summary.shape[2], resized.Height), columns = Sources(summary.shape[3], resized.Width);
        return summary.index_select(2, rows).index_select(3, columns);

        static Tensor Sources(long source, int target) => tensor([.. NearestResize.Sources((int)source, target).Select(i => (long)i)]);
    }

    /// <summary>The node whose values reach the connection, before any resize.</summary>
    private static GraphNode Read(NetworkGraph graph, Afferent afferent) => graph[afferent.Source] is { Operation: NearestResizeOperation } resize ? graph[resize.Inputs[0]] : graph[afferent.Source];

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

    /// <param name="afferent">The connection.</param>
    /// <param name="active">1 where any channel is not 0, shape [N·T,1,H,W].</param>
    /// <param name="steps">T.</param>
    private static double ActiveShare(Afferent afferent, Tensor active, int steps)
    {
        if (steps == 1)
        {
            return Window(afferent) is { } conv
                ? nn.functional.max_pool2d(active, [conv.Kernel, conv.Kernel], [conv.Stride, conv.Stride], [conv.Padding, conv.Padding]).mean().item<float>()
                : active.amax([1, 2, 3]).mean().item<float>();
        }

        bool[] bySampleAndStep = active.amax([1, 2, 3]).ne(0).data<bool>().ToArray();
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
