using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>The network in ONNX's quantised operators, to be timed beside ours; near the network, not equal to it, which is why it is no export (docs/adr/0022).</summary>
/// <remarks>
/// Weights have 8 bits and a scale a channel, spikes are unsigned bytes of scale 1. A layer that fires is a QLinearConv whose output has the threshold for its unit,
/// <code>y = clamp(round((x − θ/2)/θ), 0, 255),   spike = min(y, 1)</code>
/// which is 1 just above x = θ. The sums between a depthwise and a pointwise convolution, and those of the heads, are rounded to 8 bits of a range that the weights suggest.
/// The input is cut at 255.
/// </remarks>
internal sealed class OnnxQuantizedModel
{
    private const int Bits = 8;
    private const byte Middle = 128;
    private const double RangeShare = 0.25;   // of what all weights together could reach: sums hardly ever come near it
    private readonly OnnxModel _model = new();
    private readonly NetworkGraph _graph;
    private readonly IReadOnlyDictionary<string, WeightTensor> _weights;
    private readonly Dictionary<string, (double Scale, byte Zero)> _units = [];

    private OnnxQuantizedModel(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights)
    {
        _graph = graph;
        _weights = weights;
    }

    /// <summary>The model's bytes; its input and output are floats, [1,C,H,W] and [1,1,H,W].</summary>
    public static byte[] Write(StereoSpikeWeights weights)
    {
        var writer = new OnnxQuantizedModel(StereoSpikeNetwork.Build(weights.Settings), weights.Tensors);
        writer._model.Input(writer._graph.Input.Name, writer._graph.Input.Shape);
        writer._model.Node("QuantizeLinear", "input.bytes", [writer._graph.Input.Name, writer.Scale(1), writer.Zero(0)]);
        foreach (GraphNode node in writer._graph.Nodes.Skip(1))
        {
            writer.Add(node);
        }

        writer._model.Output(StereoSpikeNetwork.Readout, 1, weights.Settings.Height, weights.Settings.Width);
        return writer._model.ToBytes("stereospike-int8", new Dictionary<string, string>());
    }

    private void Add(GraphNode node)
    {
        switch (node.Operation)
        {
            case ConvolutionOperation conv:
                Convolve(node, conv);
                break;
            case FiringOperation:
                _model.Node("Min", node.Name, [node.Inputs[0], _model.Constant("one", [], [(byte)1])]);
                break;
            case NearestResizeOperation:
                Resize(node);
                break;
            case AddOperation:
                _model.Node("QLinearAdd", node.Name, [node.Inputs[0], Scale(1), Zero(0), node.Inputs[1], Scale(1), Zero(0), Scale(1), Zero(0)]);
                break;
            case IntegratorOperation integrator:
                Integrate(node, integrator);
                break;
            default:
                throw new NotSupportedException($"Node {node.Name}: {node.Operation.GetType().Name} has no form in 8-bit operators.");
        }
    }

    private void Convolve(GraphNode node, ConvolutionOperation conv)
    {
        WeightTensor tensor = _weights[conv.Weight];
        int row = tensor.Values.Length / conv.OutChannels;
        (double inputScale, byte inputZero) = Unit(node.Inputs[0]);
        var integers = new sbyte[tensor.Values.Length];
        double[] scales = [.. Enumerable.Range(0, conv.OutChannels).Select(o => SymmetricQuantization.Scale([.. tensor.Values.Skip(o * row).Take(row).Select(w => (double)w)], Bits))];
        for (int i = 0; i < integers.Length; i++)
        {
            integers[i] = (sbyte)SymmetricQuantization.Quantize(tensor.Values[i], scales[i / row], Bits);
        }

        double[] start = conv.Bias is null ? new double[conv.OutChannels] : Array.ConvertAll(_weights[conv.Bias].Values, b => (double)b);
        double unit;
        byte zero = 0;
        if (_graph.Consumers[node.Name].Select(reader => reader.Operation).OfType<FiringOperation>().FirstOrDefault() is { } firing)
        {
            unit = Threshold(firing);
            start = Array.ConvertAll(start, b => b - (unit / 2));
        }
        else
        {
            zero = Middle;
            unit = RangeShare * inputScale * Enumerable.Range(0, conv.OutChannels).Max(o => tensor.Values.Skip(o * row).Take(row).Sum(w => Math.Abs((double)w))) / sbyte.MaxValue;
            unit = inputZero == 0 ? unit : unit * sbyte.MaxValue;
        }

        _units.Add(node.Name, (unit, zero));
        _model.Node(
            "QLinearConv", node.Name,
            [
                Name(node.Inputs[0]), Scale(inputScale), Zero(inputZero), _model.Constant($"weights.{conv.Weight}", tensor.Shape, integers),
                _model.Constant($"{node.Name}.scales", [conv.OutChannels], [.. scales.Select(s => (float)s)]), _model.Constant($"{node.Name}.zeros", [conv.OutChannels], new sbyte[conv.OutChannels]),
                Scale(unit), Zero(zero), _model.Constant($"{node.Name}.start", [conv.OutChannels], [.. start.Select((b, o) => (int)Math.Round(Math.Clamp(b / (inputScale * scales[o]), -1e9, 1e9)))]),
            ],
            ("kernel_shape", (int[])[conv.Kernel, conv.Kernel]), ("strides", (int[])[conv.Stride, conv.Stride]), ("pads", (int[])[conv.Padding, conv.Padding, conv.Padding, conv.Padding]), ("group", conv.Groups));
    }

    private double Threshold(FiringOperation firing)
    {
        NeuronSettings neuron = firing.Neuron;
        double leak = IntegrateAndFire.Leak(neuron, firing.LeakWeight is null ? 0f : _weights[firing.LeakWeight].Values[0]);
        return (neuron.Threshold - neuron.ResetPotential) / (leak * neuron.InputGain);
    }

    private void Resize(GraphNode node)
    {
        FeatureShape read = _graph[node.Inputs[0]].Shape;
        string tall = _model.Node("Gather", $"{node.Name}.tall", [Name(node.Inputs[0]), Table("rows", read.Height, node.Shape.Height)], ("axis", 2));
        _model.Node("Gather", node.Name, [tall, Table("columns", read.Width, node.Shape.Width)], ("axis", 3));
        _units.Add(node.Name, Unit(node.Inputs[0]));

        string Table(string side, int from, int to) => _model.Constant($"{node.Name}.{side}", [to], [.. NearestResize.Sources(from, to).Select(source => (long)source)]);
    }

    private void Integrate(GraphNode node, IntegratorOperation integrator)
    {
        string? sum = null;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            (double scale, byte zero) = Unit(node.Inputs[i]);
            string real = _model.Node("DequantizeLinear", $"{node.Name}.real.{i}", [node.Inputs[i], Scale(scale), Zero(zero)]);
            string arrived = _model.Node("Mul", $"{node.Name}.arrived.{i}", [real, _model.Constant("gain", [], [integrator.Gain])]);
            string after = i == node.Inputs.Count - 1 ? node.Name : $"{node.Name}.after.{i}";
            sum = sum is null ? _model.Node("Identity", after, [arrived]) : _model.Node("Add", after, [sum, arrived]);
        }
    }

    private (double Scale, byte Zero) Unit(string node) => _units.TryGetValue(node, out (double, byte) unit) ? unit : (1, (byte)0);   // spikes, sums of them, the input

    private string Name(string node) => node == _graph.Input.Name ? "input.bytes" : node;

    private string Scale(double value) => _model.Constant($"scale.{(float)value:R}", [], [(float)value]);

    private string Zero(byte value) => _model.Constant($"zero.{value}", [], [value]);
}
