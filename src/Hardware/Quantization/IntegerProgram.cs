using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A network in integers: small weights, integer thresholds, integer membranes. Every engine that runs it gives the same bits.</summary>
/// <remarks>
/// Every value of a node is an integer; times the node's <see cref="IntegerNode.Scale"/> it is what the float network has there.
/// <list type="bullet">
/// <item>input: x = clamp(round(value / <see cref="QuantizationSettings.InputScale"/>), ±<see cref="InputMaximum"/>), round half to even; event counts stay themselves;</item>
/// <item>convolution, linear: bias + Σ weight·input. The scales of the input's channels are folded into the weights before these are rounded
/// (<see cref="RoundedLayer"/>), so a pointwise convolution reads the whole sums of a depthwise one and nothing is rounded between the two;</item>
/// <item>resize, pooling: as in the graph; the scale stays;</item>
/// <item>add: Σ multiplier·input; the multipliers are 1 where the scales are equal, as with spikes, and else count a common unit, 2^-8 of the finest scale;</item>
/// <item>neurons: <see cref="IntegerNeurons"/>;</item>
/// <item>integrator: after input i, v += multiplier_i·x_i; the multipliers bring the heads' scales to one unit, to 16 bits;</item>
/// <item>leaky readout: <see cref="IntegerLeakyReadout"/>.</item>
/// </list>
/// Sums are exact: each node's <see cref="IntegerNode.Bound"/> is worked out from the weights, so an engine knows in which width it cannot overflow,
/// and may add in any order or fold kernels into one another.
/// </remarks>
public sealed class IntegerProgram
{
    private const int LargestInput = short.MaxValue, LeastInput = 255, WidestBits = 62;
    private const int IntegratorFractionBits = 16;
    private readonly Dictionary<string, IntegerNode> _byName;
    private readonly RoundedNetwork _rounded;

    private IntegerProgram(NetworkGraph graph, QuantizationSettings settings, RoundedNetwork rounded, IReadOnlyList<IntegerNode> nodes, int inputMaximum)
    {
        _rounded = rounded;
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
    public int SumBits => Nodes.Where(node => !node.IsReadout).Max(node => node.Bits);

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

        RoundedNetwork rounded = RoundedNetwork.Of(graph, weights, settings.WeightBits, settings.InputScale);
        var nodes = new Dictionary<string, IntegerNode>();
        foreach (GraphNode node in graph.Nodes)
        {
            nodes.Add(node.Name, Compile(graph, node, nodes, weights, rounded, settings));
        }

        for (int maximum = LargestInput; ; maximum >>= 1)
        {
            IReadOnlyList<IntegerNode> bounded = Bounded(graph, nodes, maximum, source);
            if (maximum <= LeastInput || bounded.All(node => node.IsReadout || node.Bits <= 32))
            {
                return new IntegerProgram(graph, settings, rounded, bounded, maximum);
            }
        }
    }

    /// <summary>The float weights that the integers stand for: what the program computes, a float engine computes with these, but for its own rounding.</summary>
    /// <param name="weights">The tensors of <see cref="Graph"/>; those that are not rounded are passed on.</param>
    public IReadOnlyDictionary<string, WeightTensor> RoundedWeights(IReadOnlyDictionary<string, WeightTensor> weights) => _rounded.Values(weights);

    /// <summary>The same program with other neurons in a layer.</summary>
    /// <exception cref="KeyNotFoundException">There is no layer of that name.</exception>
    internal IntegerProgram With(string layer, IntegerNeurons neurons)
    {
        IntegerNode changed = this[layer] with { Neurons = neurons };
        return new IntegerProgram(Graph, Settings, _rounded, [.. Nodes.Select(node => node.Node.Name == layer ? changed : node)], InputMaximum);
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
        NetworkGraph graph, GraphNode node, Dictionary<string, IntegerNode> before, IReadOnlyDictionary<string, WeightTensor> weights, RoundedNetwork rounded, QuantizationSettings settings)
    {
        IntegerNode[] inputs = [.. node.Inputs.Select(input => before[input])];
        double[] scale = rounded.Scale(node.Name);
        if (inputs.FirstOrDefault(input => input.IsReadout) is { } readout)
        {
            throw new NotSupportedException($"Node {node.Name} reads {readout.Node.Name}, a readout; in integers nothing follows one.");
        }

        switch (node.Operation)
        {
            case ConvolutionOperation or LinearOperation:
                RoundedLayer layer = rounded.Layers[node.Name];
                return new IntegerNode(node) { Weights = layer.Integers, Bias = layer.Start, Scale = scale, Bound = [] };
            case AddOperation:
                return new IntegerNode(node) { Multipliers = Multipliers(inputs, scale), Scale = scale, Bound = [] };
            case IntegratorOperation integrator:
                double[] unit = inputs.All(input => input.Scale.AsSpan().SequenceEqual(inputs[0].Scale))
                    ? inputs[0].Scale
                    : [.. Enumerable.Range(0, node.Shape.Channels).Select(c => Math.ScaleB(inputs.Max(input => input.Scale[c]), -IntegratorFractionBits))];   // of the coarsest: finer units pass 62 bits
                return new IntegerNode(node) { Multipliers = Multipliers(inputs, unit), Scale = Array.ConvertAll(unit, u => u * integrator.Gain), Bound = [] };
            case LeakyIntegratorOperation leaky:
                return new IntegerNode(node) { LeakyReadout = IntegerLeakyReadout.Fold(leaky), Scale = Array.ConvertAll(scale, s => IntegerLeakyReadout.Unit(leaky, s)), Bound = [] };
            case FeedbackOperation feedback when graph[feedback.Source].Operation is not FiringOperation:
                throw new NotSupportedException($"Node {node.Name} feeds {feedback.Source} back, which is no layer of neurons: only spikes can go back in integers.");
            case FiringOperation firing:
                double leak = firing.Neuron.Kind == NeuronKind.CubaLif
                    ? 1.0 - CubaLif.Decay(firing.Neuron.TauSteps)
                    : IntegrateAndFire.Leak(firing.Neuron, firing.LeakWeight is null ? 0f : weights[firing.LeakWeight].Values[0]);
                return new IntegerNode(node) { Neurons = IntegerNeurons.Fold(firing.Neuron, leak, inputs[0].Scale, settings.MembraneBits), Scale = scale, Bound = [] };
            default:
                return new IntegerNode(node) { Scale = scale, Bound = [] };
        }
    }

    /// <summary>How many units each input's unit is, shape [inputs][C].</summary>
    private static long[][] Multipliers(IntegerNode[] inputs, double[] unit) =>
        [.. inputs.Select(input => unit.Select((u, c) => checked((long)Math.Round(input.Scale[c] / u, MidpointRounding.ToEven))).ToArray())];

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
            LeakyIntegratorOperation => Array.ConvertAll(inputs[0].Bound, bound => Checked((Int128)bound << IntegerNeurons.LeakyExponent)),
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
