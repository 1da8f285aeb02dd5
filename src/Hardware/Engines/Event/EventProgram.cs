using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A <see cref="NetworkGraph"/> compiled for the event engine: layers in the order in which they run.</summary>
/// <remarks>
/// A layer is a convolution into neurons, or into an integrator (a prediction head), with the nearest resize and the depthwise convolution before it. Sums of spikes are no
/// layers: who reads them lists the events of all that was added. One step from rest; a graph that asks for more is refused by name.
/// </remarks>
internal sealed unsafe class EventProgram : IDisposable
{
    private readonly NetworkGraph _graph;
    private readonly IReadOnlyDictionary<string, WeightTensor> _weights;
    private readonly Dictionary<string, SpikeMap> _maps = [];
    private readonly Dictionary<string, EventSource> _frames = [];
    private readonly List<InputFrame> _inputs = [];
    private readonly List<IEventLayer> _layers = [];
    private readonly List<NativeBuffer<float>> _potentials = [];
    private readonly ScratchMemory _scratch = new();
    private readonly ILayerMaker _make;

    private EventProgram(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, ILayerMaker make)
    {
        _graph = graph;
        _weights = weights;
        _make = make;
    }

    /// <summary>The layers, each after those it reads.</summary>
    public IReadOnlyList<IEventLayer> Layers => _layers;

    /// <summary>Inputs of the integrator.</summary>
    public int Heads => _potentials.Count;

    /// <summary>Compiles a network.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its tensors, checked.</param>
    /// <param name="vectors">Which instructions to use.</param>
    /// <param name="threads">How many threads will run it.</param>
    /// <exception cref="NotSupportedException">The graph has a node that this engine has no form for; the message names it.</exception>
    public static EventProgram Compile(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, VectorWidth vectors, int threads)
    {
        var program = new EventProgram(graph, weights, LayerMaker.For(vectors));
        foreach (GraphNode node in graph.Nodes)
        {
            switch (node.Operation)
            {
                case FiringOperation firing:
                    program.AddFiring(node, firing);
                    break;
                case IntegratorOperation integrator:
                    program.AddHeads(node, integrator);
                    break;
                case not (InputOperation or ConvolutionOperation or NearestResizeOperation or SumPoolingOperation or AddOperation):
                    throw Refuse(node, $"is of a kind it has no form for ({node.Operation.GetType().Name})");
            }
        }

        program._scratch.Reserve(threads, program._layers.Max(layer => layer.ScratchBytes));
        return program;
    }

    /// <summary>Runs one step from rest.</summary>
    /// <param name="input">Shape [C,H,W].</param>
    /// <param name="team">The threads, as many as it was compiled for.</param>
    /// <param name="afterFiring">If given, is shown each firing node with its charged potentials and its spikes, shape [C,H,W], and may return spikes to go on with.</param>
    public void Run(ReadOnlySpan<float> input, WorkTeam team, Func<GraphNode, float[], float[], float[]?>? afterFiring = null)
    {
        foreach (InputFrame frame in _inputs)
        {
            frame.Fill(input);
        }

        foreach (IEventLayer layer in _layers)
        {
            if (afterFiring is null || layer.Neurons is not { } neurons)
            {
                layer.Run(team);
                continue;
            }

            neurons.KeepPotentials();
            layer.Run(team);
            if (afterFiring(neurons.Node, neurons.Potentials(), neurons.Spikes.ToArray()) is { } replaced)
            {
                neurons.Spikes.Set(replaced);
            }
        }
    }

    /// <summary>The integrator's potential after one of its inputs; shape [H,W], until the next run.</summary>
    public ReadOnlySpan<float> PotentialsAfter(int head) => new(_potentials[head].Pointer, (int)_potentials[head].Length);

    public void Dispose()
    {
        foreach (IDisposable part in _layers.Concat<IDisposable>(_inputs).Append(_scratch))
        {
            part.Dispose();
        }
    }

    private void AddFiring(GraphNode node, FiringOperation firing)
    {
        if (firing.Neuron.Kind is not (NeuronKind.If or NeuronKind.Lif or NeuronKind.Plif))
        {
            throw Refuse(node, $"has neurons of kind {firing.Neuron.Kind}");
        }

        GraphNode last = _graph[node.Inputs[0]];
        ConvolutionOperation convolution = last.Operation as ConvolutionOperation ?? throw Refuse(node, $"reads {last.Name}, which is no convolution");
        float leak = IntegrateAndFire.Leak(firing.Neuron, firing.LeakWeight is null ? 0f : _weights[firing.LeakWeight].Values[0]);
        var neurons = new FiringRule(node, Optional(convolution.Bias), leak);
        _maps.Add(node.Name, neurons.Spikes);
        if (Depthwise(last) is { } spatial)
        {
            var depthwise = (ConvolutionOperation)spatial.Operation;
            _layers.Add(_make.Separable(Shape(spatial, depthwise), _weights[depthwise.Weight], Optional(depthwise.Bias), _weights[convolution.Weight], neurons, _scratch));
        }
        else
        {
            _layers.Add(_make.Convolution(Shape(last, convolution), _weights[convolution.Weight], neurons, _scratch));
        }
    }

    private void AddHeads(GraphNode node, IntegratorOperation integrator)
    {
        foreach (GraphNode head in node.Inputs.Select(input => _graph[input]))
        {
            ConvolutionOperation convolution = head.Operation as ConvolutionOperation ?? throw Refuse(node, $"reads {head.Name}, which is no convolution");
            if (convolution.OutChannels != 1)
            {
                throw Refuse(head, $"makes {convolution.OutChannels} channels where a prediction head makes 1");
            }

            float* before = _potentials.Count == 0 ? null : _potentials[^1].Pointer;
            float[] weights = _weights[convolution.Weight].Values;
            float bias = Optional(convolution.Bias)?.Values[0] ?? 0f;
            GraphNode spatial = head;
            if (Depthwise(head) is { } inner)   // nothing between the two: their product is one kernel, and the inner bias is seen through the pointwise weights
            {
                spatial = inner;
                var depthwise = (ConvolutionOperation)inner.Operation;
                int taps = depthwise.Kernel * depthwise.Kernel;
                float[] pointwise = weights;
                weights = [.. _weights[depthwise.Weight].Values.Select((weight, i) => weight * pointwise[i / taps])];
                bias += Optional(depthwise.Bias)?.Values.Zip(pointwise, (b, weight) => b * weight).Sum() ?? 0f;
            }

            (IEventLayer layer, NativeBuffer<float> potentials) = _make.Head(Shape(spatial, (ConvolutionOperation)spatial.Operation), weights, bias, integrator.Gain, before, _scratch);
            _layers.Add(layer);
            _potentials.Add(potentials);
        }
    }

    /// <summary>The depthwise convolution that a pointwise one reads; null where there is none.</summary>
    private GraphNode? Depthwise(GraphNode node)
    {
        GraphNode before = _graph[node.Inputs[0]];
        return node.Operation is ConvolutionOperation { Kernel: 1, Stride: 1, Padding: 0, Groups: 1 } && before.Operation is ConvolutionOperation inner
            && inner.Groups == inner.OutChannels && inner.Groups == _graph[before.Inputs[0]].Shape.Channels ? before : null;
    }

    private LayerShape Shape(GraphNode node, ConvolutionOperation convolution)
    {
        GraphNode before = _graph[node.Inputs[0]];
        bool dense = convolution.Groups == 1, depthwise = convolution.Groups == convolution.OutChannels && convolution.Groups == before.Shape.Channels;
        if (!dense && !depthwise)
        {
            throw Refuse(node, $"has {convolution.Groups} groups; a convolution is dense (1) or depthwise (one a channel)");
        }

        var resize = before.Operation as NearestResizeOperation;
        return LayerShape.Of(Source(resize is null ? before : _graph[before.Inputs[0]]), resize, convolution);
    }

    private EventSource Source(GraphNode node)
    {
        if (node.Operation is InputOperation or SumPoolingOperation)
        {
            return Frame(node);
        }

        var parts = new List<SpikeMap>();
        Collect(node, parts);
        return new EventSource(parts);
    }

    private void Collect(GraphNode node, List<SpikeMap> parts)
    {
        switch (node.Operation)
        {
            case FiringOperation:
                parts.Add(_maps[node.Name]);
                break;
            case AddOperation:
                Collect(_graph[node.Inputs[0]], parts);
                Collect(_graph[node.Inputs[1]], parts);
                break;
            default:
                throw Refuse(node, "is read by a convolution and is neither spikes, nor a sum of spikes, nor the input");
        }
    }

    private EventSource Frame(GraphNode node)
    {
        if (!_frames.TryGetValue(node.Name, out EventSource? source))
        {
            int pooling = node.Operation is SumPoolingOperation pool ? pool.Size : 1;
            if (pooling > 1 && _graph[node.Inputs[0]].Operation is not InputOperation)
            {
                throw Refuse(node, "pools what is not the input");
            }

            var frame = new InputFrame(_graph.Input.Shape, node.Shape, pooling);
            _inputs.Add(frame);
            source = frame.Source;
            _frames.Add(node.Name, source);
        }

        return source;
    }

    private WeightTensor? Optional(string? name) => name is null ? null : _weights[name];

    private static NotSupportedException Refuse(GraphNode node, string why) => new($"The event engine cannot run node {node.Name}: it {why}. Use --engine torch.");
}
