using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A network in integers: small weights, integer thresholds, integer membranes. Every engine that runs it gives the same bits.</summary>
/// <remarks>
/// Every value of a node is an integer; times the node's <see cref="IntegerNode.Scale"/> it is what the float network has there.
/// <list type="bullet">
/// <item>input: x = clamp(round(value / <see cref="QuantizationSettings.InputScale"/>), ±<see cref="InputMaximum"/>), round half to even; event counts stay themselves;</item>
/// <item>convolution, linear: bias + Σ weight·input. The scales of the input's channels are folded into the weights before these are rounded
/// (<see cref="SymmetricQuantization"/>), so a pointwise convolution reads the whole sums of a depthwise one and nothing is rounded between the two;</item>
/// <item>resize, pooling: as in the graph; the scale stays;</item>
/// <item>add: Σ multiplier·input; the multipliers are 1 where the scales are equal, as with spikes, and else 8-bit fractions of the larger scale;</item>
/// <item>neurons: <see cref="IntegerNeurons"/>;</item>
/// <item>integrator: after input i, v += multiplier_i·x_i; the multipliers bring the heads' scales to one unit, to 16 bits.</item>
/// </list>
/// Sums are exact: each node's <see cref="IntegerNode.Bound"/> is worked out from the weights, so an engine knows in which width it cannot overflow,
/// and may add in any order or fold kernels into one another.
/// </remarks>
public sealed class IntegerProgram
{
    private const int LargestInput = short.MaxValue, LeastInput = 255, WidestBits = 62;
    private const int AddFractionBits = 8, IntegratorFractionBits = 16;
    private readonly Dictionary<string, IntegerNode> _byName;

    private IntegerProgram(NetworkGraph graph, QuantizationSettings settings, IReadOnlyList<IntegerNode> nodes, int inputMaximum)
    {
        Graph = graph;
        Settings = settings;
        Nodes = nodes;
        InputMaximum = inputMaximum;
        _byName = nodes.ToDictionary(node => node.Node.Name);
    }

    /// <summary>The network; where <see cref="QuantizationSettings.FoldSeparable"/> is set, the folded one.</summary>
    public NetworkGraph Graph { get; }

    /// <summary>How it was turned into integers.</summary>
    public QuantizationSettings Settings { get; }

    /// <summary>All nodes, each after its inputs.</summary>
    public IReadOnlyList<IntegerNode> Nodes { get; }

    /// <summary>Where the integer input saturates, both ways: 32767, or as much less, at least 255, as keeps the sums that the input enters within 32 bits.</summary>
    public int InputMaximum { get; }

    /// <summary>Bits, with the sign, that hold every sum of a step; integrators add in 64.</summary>
    public int SumBits => Nodes.Where(node => node.Node.Operation is not IntegratorOperation).Max(node => node.Bits);

    /// <summary>A node by name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public IntegerNode this[string name] => _byName[Graph[name].Name];

    /// <summary>Turns a network into integers.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its tensors by name.</param>
    /// <param name="settings">Bits and the input's scale.</param>
    /// <param name="source">What messages call the weights' origin.</param>
    /// <exception cref="InvalidDataException">The weights are not this graph's, or a sum could exceed 62 bits.</exception>
    /// <exception cref="NotSupportedException">A node has no integer form.</exception>
    public static IntegerProgram Compile(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, QuantizationSettings settings, string source = "weights")
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(settings);
        NetworkWeights.Check(graph, weights, source);
        if (settings.FoldSeparable)
        {
            (graph, weights) = (SeparableFolding.Fold(graph), SeparableFolding.Fold(graph, weights));
        }

        var nodes = new Dictionary<string, IntegerNode>();
        foreach (GraphNode node in graph.Nodes)
        {
            nodes.Add(node.Name, Compile(graph, node, nodes, weights, settings));
        }

        for (int maximum = LargestInput; ; maximum >>= 1)
        {
            IReadOnlyList<IntegerNode> bounded = Bounded(graph, nodes, maximum, source);
            if (maximum <= LeastInput || bounded.All(node => node.Node.Operation is IntegratorOperation || node.Bits <= 32))
            {
                return new IntegerProgram(graph, settings, bounded, maximum);
            }
        }
    }

    /// <summary>The float weights that the integers stand for: what the program computes, a float engine computes with these, but for its own rounding.</summary>
    /// <param name="weights">The tensors of <see cref="Graph"/>; those that are not rounded are passed on.</param>
    public IReadOnlyDictionary<string, WeightTensor> RoundedWeights(IReadOnlyDictionary<string, WeightTensor> weights)
    {
        var rounded = weights.ToDictionary();
        foreach (IntegerNode node in Nodes.Where(node => node.Weights.Length > 0))
        {
            FeatureShape shape = this[node.Node.Inputs[0]].Node.Shape;
            (string weight, string? bias, int taps, int groups) = node.Node.Operation is ConvolutionOperation conv
                ? (conv.Weight, conv.Bias, conv.Kernel * conv.Kernel, conv.Groups)
                : (((LinearOperation)node.Node.Operation).Weight, ((LinearOperation)node.Node.Operation).Bias, shape.Height * shape.Width, 1);
            double[] read = this[node.Node.Inputs[0]].Scale;
            int outputs = node.Bias.Length, row = node.Weights.Length / outputs, channelsOfGroup = row / taps;
            rounded[weight] = new WeightTensor(weights[weight].Shape, [.. node.Weights.Select((q, i) =>
                (float)(q * node.Scale[i / row] / read[(i / row / (outputs / groups) * channelsOfGroup) + (i % row / taps)]))]);
            if (bias is not null)
            {
                rounded[bias] = new WeightTensor([outputs], [.. node.Bias.Select((q, o) => (float)(q * node.Scale[o]))]);
            }
        }

        return rounded;
    }

    /// <summary>Turns the input of one step into integers.</summary>
    /// <param name="values">Shape [C,H,W].</param>
    /// <param name="integers">Receives x, the same shape.</param>
    /// <returns>How many values were cut at <see cref="InputMaximum"/>.</returns>
    /// <exception cref="ArgumentException">The lengths are not the network's, or a value is not a number.</exception>
    public int QuantizeInput(ReadOnlySpan<float> values, Span<int> integers)
    {
        Guard.Length(values.Length, Graph.Input.Shape.Count, nameof(values));
        Guard.Length(integers.Length, values.Length, nameof(integers));
        int cut = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double rounded = Math.Round(values[i] / Settings.InputScale, MidpointRounding.ToEven);
            integers[i] = double.IsNaN(rounded)
                ? throw new ArgumentException($"The input's value {i} is not a number.", nameof(values))
                : (int)Math.Clamp(rounded, -InputMaximum, InputMaximum);
            cut += Math.Abs(rounded) > InputMaximum ? 1 : 0;
        }

        return cut;
    }

    private static IntegerNode Compile(
        NetworkGraph graph, GraphNode node, Dictionary<string, IntegerNode> before, IReadOnlyDictionary<string, WeightTensor> weights, QuantizationSettings settings)
    {
        int channels = node.Shape.Channels;
        IntegerNode[] inputs = [.. node.Inputs.Select(input => before[input])];
        switch (node.Operation)
        {
            case InputOperation:
                return new IntegerNode(node) { Scale = Same(settings.InputScale, channels), Bound = [] };
            case ConvolutionOperation conv:
                return Weighted(node, inputs[0], weights[conv.Weight], Bias(conv.Bias), conv.Groups, conv.Kernel * conv.Kernel, settings.WeightBits);
            case LinearOperation linear:
                return Weighted(node, inputs[0], weights[linear.Weight], Bias(linear.Bias), 1, inputs[0].Node.Shape.Height * inputs[0].Node.Shape.Width, settings.WeightBits);
            case NearestResizeOperation or SumPoolingOperation:
                return new IntegerNode(node) { Scale = inputs[0].Scale, Bound = [] };
            case AddOperation:
                return Merged(node, inputs, 1, AddFractionBits);
            case IntegratorOperation integrator:
                return Merged(node, inputs, integrator.Gain, IntegratorFractionBits);
            case FeedbackOperation feedback:
                return graph[feedback.Source].Operation is FiringOperation
                    ? new IntegerNode(node) { Scale = Same(1.0, channels), Bound = [] }
                    : throw new NotSupportedException($"Node {node.Name} feeds {feedback.Source} back, which is no layer of neurons: only spikes can go back in integers.");
            case FiringOperation firing:
                double leak = IntegrateAndFire.Leak(firing.Neuron, firing.LeakWeight is null ? 0f : weights[firing.LeakWeight].Values[0]);
                return new IntegerNode(node) { Neurons = IntegerNeurons.Fold(firing.Neuron, leak, inputs[0].Scale, settings.MembraneBits), Scale = Same(1.0, channels), Bound = [] };
            default:
                throw new NotSupportedException($"Node {node.Name}: {node.Operation.GetType().Name} has no integer form.");
        }

        float[]? Bias(string? name) => name is null ? null : weights[name].Values;
    }

    /// <summary>Rounds the weights of a node, a scale an output channel, with the input's scales folded in first; <c>taps</c> weights of an output channel read the same input channel.</summary>
    private static IntegerNode Weighted(GraphNode node, IntegerNode input, WeightTensor tensor, float[]? bias, int groups, int taps, int bits)
    {
        int outputs = tensor.Shape[0], row = tensor.Values.Length / outputs, channelsOfGroup = row / taps;
        var weights = new short[tensor.Values.Length];
        var (scales, starts, folded) = (new double[outputs], new long[outputs], new double[row]);
        for (int o = 0; o < outputs; o++)
        {
            int firstChannel = o / (outputs / groups) * channelsOfGroup;
            for (int i = 0; i < row; i++)
            {
                folded[i] = tensor.Values[(o * row) + i] * input.Scale[firstChannel + (i / taps)];
            }

            scales[o] = SymmetricQuantization.Scale(folded, bits);
            starts[o] = bias is null ? 0 : checked((long)Math.Round(bias[o] / scales[o], MidpointRounding.ToEven));
            for (int i = 0; i < row; i++)
            {
                weights[(o * row) + i] = (short)SymmetricQuantization.Quantize(folded[i], scales[o], bits);
            }
        }

        return new IntegerNode(node) { Weights = weights, Bias = starts, Scale = scales, Bound = [] };
    }

    /// <summary>Brings several inputs to one scale.</summary>
    private static IntegerNode Merged(GraphNode node, IntegerNode[] inputs, double gain, int fractionBits)
    {
        int channels = node.Shape.Channels;
        bool equal = inputs.All(input => input.Scale.AsSpan().SequenceEqual(inputs[0].Scale));
        var scale = new double[channels];
        var multipliers = new long[inputs.Length][];
        for (int c = 0; c < channels; c++)
        {
            scale[c] = equal ? inputs[0].Scale[c] : Math.ScaleB(inputs.Max(input => input.Scale[c]), -fractionBits);
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            multipliers[i] = [.. scale.Select((unit, c) => (long)Math.Round(inputs[i].Scale[c] / unit, MidpointRounding.ToEven))];
        }

        return new IntegerNode(node) { Multipliers = multipliers, Scale = Array.ConvertAll(scale, unit => unit * gain), Bound = [] };
    }

    private static List<IntegerNode> Bounded(NetworkGraph graph, Dictionary<string, IntegerNode> nodes, int inputMaximum, string source)
    {
        var bounds = new Dictionary<string, long[]>();
        try
        {
            foreach (GraphNode node in graph.Nodes)
            {
                bounds.Add(node.Name, BoundOf(nodes[node.Name], [.. node.Inputs.Select(input => (graph[input].Shape, bounds[input]))], inputMaximum));
            }
        }
        catch (OverflowException)
        {
            throw BadFile.Error(source, graph.Nodes[bounds.Count].Name, $"could sum to more than {WidestBits} bits", "Its biases or weights are out of all proportion; or quantise to fewer bits.");
        }

        return [.. graph.Nodes.Select(node => nodes[node.Name] with { Bound = bounds[node.Name] })];
    }

    private static long[] BoundOf(IntegerNode node, (FeatureShape Shape, long[] Bound)[] inputs, int inputMaximum)
    {
        int channels = node.Node.Shape.Channels;
        return node.Node.Operation switch
        {
            InputOperation => Same((long)inputMaximum, channels),
            FiringOperation or FeedbackOperation => Same(1L, channels),
            NearestResizeOperation => inputs[0].Bound,
            SumPoolingOperation pooling => Array.ConvertAll(inputs[0].Bound, bound => Checked((Int128)bound * pooling.Size * pooling.Size)),
            ConvolutionOperation conv => WeightedBound(node, inputs[0].Bound, conv.Groups, conv.Kernel * conv.Kernel),
            LinearOperation => WeightedBound(node, inputs[0].Bound, 1, inputs[0].Shape.Height * inputs[0].Shape.Width),
            _ => [.. Enumerable.Range(0, channels).Select(c => Checked(inputs.Select((input, i) => (Int128)input.Bound[c] * node.Multipliers[i][c]).Aggregate((a, b) => a + b)))],
        };
    }

    private static long[] WeightedBound(IntegerNode node, long[] input, int groups, int taps)
    {
        int outputs = node.Bias.Length, row = node.Weights.Length / outputs, channelsOfGroup = row / taps;
        var bound = new long[outputs];
        for (int o = 0; o < outputs; o++)
        {
            int firstChannel = o / (outputs / groups) * channelsOfGroup;
            Int128 sum = Math.Abs(node.Bias[o]);
            for (int c = 0; c < channelsOfGroup; c++)
            {
                long reach = 0;
                foreach (short w in node.Weights.AsSpan((o * row) + (c * taps), taps))
                {
                    reach += Math.Abs((int)w);
                }

                sum += (Int128)reach * input[firstChannel + c];
            }

            bound[o] = Checked(sum);
        }

        return bound;
    }

    private static long Checked(Int128 bound) => bound < (Int128)1 << (WidestBits - 1) ? (long)bound : throw new OverflowException();

    private static T[] Same<T>(T value, int count)
    {
        var values = new T[count];
        values.AsSpan().Fill(value);
        return values;
    }
}
