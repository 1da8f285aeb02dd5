namespace StereoSpike.Model;

/// <summary>A network's weights rounded to a few bits: what integer engines add, and, as floats, what fake quantisation trains with.</summary>
/// <remarks>Every node has a scale a channel, what one unit of it stands for: 1 for spikes and sums of them, the layer's own for a layer with weights (<see cref="RoundedLayer"/>),
/// the input's for a resize or a pooling, and for a sum of unequal ones a unit that is a fraction of the finest.</remarks>
public sealed class RoundedNetwork
{
    private const int SumFractionBits = 8;
    private readonly NetworkGraph _graph;
    private readonly Dictionary<string, RoundedLayer> _layers = [];
    private readonly Dictionary<string, double[]> _scales = [];

    private RoundedNetwork(NetworkGraph graph) => _graph = graph;

    /// <summary>The layers with weights, by node.</summary>
    public IReadOnlyDictionary<string, RoundedLayer> Layers => _layers;

    /// <summary>Rounds a network's weights.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its tensors by name.</param>
    /// <param name="bits">Bits of a weight with its sign, 2 to 16.</param>
    /// <param name="inputScale">What one unit of the integer input stands for.</param>
    public static RoundedNetwork Of(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, int bits, double inputScale = 1)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(weights);
        var rounded = new RoundedNetwork(graph);
        foreach (GraphNode node in graph.Nodes)
        {
            rounded._scales.Add(node.Name, rounded.Add(node, weights, bits, inputScale));
        }

        return rounded;
    }

    /// <summary>What one unit of a node's value stands for, shape [C]; of a readout, of what comes in.</summary>
    public double[] Scale(string node) => _scales[node];

    /// <summary>One unit for several inputs, shape [C]: theirs where they have the same; else 2^−bits of the finest, so that each input's whole multiple of it is off by at most 2^−(bits+1) of itself.</summary>
    /// <param name="inputs">Scales, each of shape [C].</param>
    /// <param name="fractionBits">Bits.</param>
    public static double[] CommonUnit(IReadOnlyList<double[]> inputs, int fractionBits)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.All(scale => scale.AsSpan().SequenceEqual(inputs[0]))
            ? inputs[0]
            : [.. Enumerable.Range(0, inputs[0].Length).Select(c => Math.ScaleB(inputs.Min(scale => scale[c]), -fractionBits))];
    }

    /// <summary>The float weights that the integers stand for.</summary>
    /// <param name="weights">The network's tensors; those that are not rounded are passed on.</param>
    public IReadOnlyDictionary<string, WeightTensor> Values(IReadOnlyDictionary<string, WeightTensor> weights)
    {
        var values = weights.ToDictionary();
        foreach ((string name, RoundedLayer layer) in _layers)
        {
            (string weight, string? bias) = Names(_graph[name]);
            values[weight] = new WeightTensor(weights[weight].Shape, layer.Weights);
            if (bias is not null)
            {
                values[bias] = new WeightTensor(weights[bias].Shape, layer.Bias);
            }
        }

        return values;
    }

    /// <summary>Names of a layer's weights and bias.</summary>
    internal static (string Weight, string? Bias) Names(GraphNode node) => node.Operation is ConvolutionOperation conv
        ? (conv.Weight, conv.Bias)
        : (((LinearOperation)node.Operation).Weight, ((LinearOperation)node.Operation).Bias);

    private double[] Add(GraphNode node, IReadOnlyDictionary<string, WeightTensor> weights, int bits, double inputScale)
    {
        double[][] inputs = [.. node.Inputs.Select(Scale)];
        switch (node.Operation)
        {
            case InputOperation:
                return Same(inputScale, node.Shape.Channels);
            case ConvolutionOperation or LinearOperation:
                FeatureShape read = _graph[node.Inputs[0]].Shape;
                (string weight, string? bias) = Names(node);
                (int groups, int taps) = node.Operation is ConvolutionOperation conv ? (conv.Groups, conv.Kernel * conv.Kernel) : (1, read.Height * read.Width);
                RoundedLayer layer = RoundedLayer.Of(weights[weight], bias is null ? null : weights[bias].Values, inputs[0], groups, taps, bits);
                _layers.Add(node.Name, layer);
                return layer.Scale;
            case NearestResizeOperation or SumPoolingOperation or LeakyIntegratorOperation or IntegratorOperation:
                return inputs[0];
            case AddOperation:
                return CommonUnit(inputs, SumFractionBits);
            case FiringOperation or FeedbackOperation:
                return Same(1.0, node.Shape.Channels);
            default:
                throw new NotSupportedException($"Node {node.Name}: {node.Operation.GetType().Name} has no integer form.");
        }
    }

    private static double[] Same(double value, int count)
    {
        var values = new double[count];
        values.AsSpan().Fill(value);
        return values;
    }
}
