using System.Diagnostics;
using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>What an engine runs, whatever its numbers.</summary>
internal interface IEventProgram : IDisposable
{
    /// <summary>Maps of spikes, a firing node each, in the network's order.</summary>
    IReadOnlyList<SpikeMap> Spikes { get; }

    /// <summary>Steps of the network by name, in order, and how long each took in the last run.</summary>
    IReadOnlyList<LayerTime> Times { get; }

    /// <summary>Inputs of the integrator.</summary>
    int Heads { get; }

    /// <summary>Runs one step from rest.</summary>
    /// <param name="input">Shape [C,H,W].</param>
    /// <param name="team">The threads, as many as it was compiled for.</param>
    /// <param name="afterFiring">If given, is shown each firing node with its charged potentials and its spikes, shape [C,H,W], and may return spikes to go on with.</param>
    void Run(ReadOnlySpan<float> input, WorkTeam team, Func<GraphNode, float[], float[], float[]?>? afterFiring = null);

    /// <summary>The integrator's potential after one of its inputs; shape [H,W], until the next run.</summary>
    ReadOnlySpan<float> PotentialsAfter(int head);
}

/// <summary>How long a step of the network took.</summary>
/// <param name="Layer">Its last node.</param>
/// <param name="Ticks">Ticks of <see cref="Stopwatch"/>.</param>
internal readonly record struct LayerTime(string Layer, long Ticks);

/// <summary>A <see cref="NetworkGraph"/> compiled for the event engine: layers in the order in which they run.</summary>
/// <remarks>
/// A layer is a convolution into neurons, or into an integrator (a prediction head), with the nearest resize and the depthwise convolution before it. Sums of spikes are no
/// layers: who reads them lists the events of all that was added. One step from rest; a graph that asks for more is refused by name.
/// </remarks>
internal sealed unsafe class EventProgram<T> : IEventProgram
    where T : unmanaged, INumber<T>
{
    private const string FrameName = "input";
    private readonly NetworkGraph _graph;
    private readonly IEventNumbers<T> _numbers;
    private readonly Dictionary<string, SpikeMap> _maps = [];
    private readonly Dictionary<string, EventSource<T>> _frames = [];
    private readonly List<InputFrame<T>> _inputs = [];
    private readonly List<IEventLayer<T>> _layers = [];
    private readonly List<LayerTime> _times = [new LayerTime(FrameName, 0)];
    private readonly ScratchMemory _scratch = new();
    private HeadReadout<T>? _readout;

    private EventProgram(IEventNumbers<T> numbers)
    {
        _graph = numbers.Graph;
        _numbers = numbers;
    }

    public IReadOnlyList<SpikeMap> Spikes => [.. _layers.Select(layer => layer.Neurons?.Spikes).OfType<SpikeMap>()];

    public IReadOnlyList<LayerTime> Times => _times;

    public int Heads => _readout?.Heads ?? 0;

    /// <summary>Compiles a network.</summary>
    /// <param name="numbers">The network and its numbers, checked.</param>
    /// <param name="threads">How many threads will run it.</param>
    /// <exception cref="NotSupportedException">The graph has a node that this engine has no form for; the message names it.</exception>
    public static EventProgram<T> Compile(IEventNumbers<T> numbers, int threads)
    {
        var program = new EventProgram<T>(numbers);
        foreach (GraphNode node in numbers.Graph.Nodes)
        {
            switch (node.Operation)
            {
                case FiringOperation firing:
                    program.AddFiring(node, firing);
                    break;
                case IntegratorOperation:
                    program.AddHeads(node);
                    break;
                case not (InputOperation or ConvolutionOperation or NearestResizeOperation or SumPoolingOperation or AddOperation):
                    throw Refuse(node, $"is of a kind it has no form for ({node.Operation.GetType().Name})");
            }
        }

        program._scratch.Reserve(threads, program._layers.Max(layer => layer.ScratchBytes));
        return program;
    }

    public void Run(ReadOnlySpan<float> input, WorkTeam team, Func<GraphNode, float[], float[], float[]?>? afterFiring = null)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (InputFrame<T> frame in _inputs)
        {
            frame.Fill(input, team);
        }

        start = Time(0, start);
        for (int i = 0; i < _layers.Count; i++)
        {
            IEventLayer<T> layer = _layers[i];
            if (afterFiring is null || layer.Neurons is not { } neurons)
            {
                layer.Run(team);
            }
            else
            {
                neurons.KeepPotentials();
                layer.Run(team);
                if (afterFiring(neurons.Node, neurons.Potentials(), neurons.Spikes.ToArray()) is { } replaced)
                {
                    neurons.Spikes.Set(replaced);
                }
            }

            start = Time(i + 1, start);
        }
    }

    public ReadOnlySpan<float> PotentialsAfter(int head) => _readout!.After(head);

    public void Dispose()
    {
        foreach (IDisposable part in _layers.Concat<IDisposable>(_inputs).Append(_scratch))
        {
            part.Dispose();
        }

        _readout?.Dispose();
    }

    private long Time(int step, long start)
    {
        long now = Stopwatch.GetTimestamp();
        _times[step] = _times[step] with { Ticks = now - start };
        return now;
    }

    private void AddFiring(GraphNode node, FiringOperation firing)
    {
        if (firing.Neuron.Kind is not (NeuronKind.If or NeuronKind.Lif or NeuronKind.Plif))
        {
            throw Refuse(node, $"has neurons of kind {firing.Neuron.Kind}");
        }

        GraphNode last = _graph[node.Inputs[0]];
        if (last.Operation is not ConvolutionOperation)
        {
            throw Refuse(node, $"reads {last.Name}, which is no convolution");
        }

        FiringRule<T> neurons = _numbers.Neurons(node, last);
        _maps.Add(node.Name, neurons.Spikes);
        Add(node.Name, Depthwise(last) is { } spatial ? Separable(spatial, last, neurons) : Convolution(last, neurons));
    }

    private IEventLayer<T> Convolution(GraphNode node, FiringRule<T> neurons)
    {
        LayerShape<T> shape = Shape(node);
        return InputLayer<T>.Fits(shape) ? new InputLayer<T>(shape, _numbers.Weights(node), neurons, _numbers.Kernels, _scratch)
            : shape.Resized ? new UpsampledLayer<T>(shape, _numbers.Weights(node), _numbers.IsNarrow(node), neurons, _numbers.Kernels, _scratch)
            : new ConvolutionLayer<T>(shape, _numbers.Weights(node), _numbers.IsNarrow(node), neurons, _numbers.Kernels, _scratch);
    }

    private IEventLayer<T> Separable(GraphNode spatial, GraphNode last, FiringRule<T> neurons)
    {
        LayerShape<T> shape = Shape(spatial);
        return _numbers.IsShort(spatial) && shape.Source.Values == null
            ? new SeparableLayer<T, short>(shape, _numbers.Weights(spatial), _numbers.Bias(spatial), _numbers.Weights(last), neurons, _numbers.Kernels, _scratch)
            : new SeparableLayer<T, T>(shape, _numbers.Weights(spatial), _numbers.Bias(spatial), _numbers.Weights(last), neurons, _numbers.Kernels, _scratch);
    }

    private void AddHeads(GraphNode node)
    {
        GraphNode[] heads = [.. node.Inputs.Select(input => _graph[input])];
        var biases = new T[heads.Length];
        var weights = new T[heads.Length][];
        for (int i = 0; i < heads.Length; i++)
        {
            ConvolutionOperation convolution = heads[i].Operation as ConvolutionOperation ?? throw Refuse(node, $"reads {heads[i].Name}, which is no convolution");
            if (convolution.OutChannels != 1)
            {
                throw Refuse(heads[i], $"makes {convolution.OutChannels} channels where a prediction head makes 1");
            }

            weights[i] = _numbers.Weights(heads[i]);
            biases[i] = _numbers.Bias(heads[i]).FirstOrDefault();
            if (Depthwise(heads[i]) is { } inner)   // nothing between the two: their product is one kernel, and the inner bias is seen through the pointwise weights
            {
                int taps = ((ConvolutionOperation)inner.Operation).Kernel * ((ConvolutionOperation)inner.Operation).Kernel;
                T[] pointwise = weights[i];
                weights[i] = [.. _numbers.Weights(inner).Select((weight, place) => weight * pointwise[place / taps])];
                biases[i] += _numbers.Bias(inner).Zip(pointwise, (b, weight) => b * weight).Aggregate(T.Zero, (sum, b) => sum + b);
                heads[i] = inner;
            }
        }

        _readout = _numbers.Readout(node, biases);
        for (int i = 0; i < heads.Length; i++)
        {
            Add(node.Inputs[i], new HeadLayer<T>(Shape(heads[i]), weights[i], _readout, i, _numbers.Kernels, _scratch));
        }
    }

    private void Add(string name, IEventLayer<T> layer)
    {
        _layers.Add(layer);
        _times.Add(new LayerTime(name, 0));
    }

    /// <summary>The depthwise convolution that a pointwise one reads; null where there is none.</summary>
    private GraphNode? Depthwise(GraphNode node)
    {
        GraphNode before = _graph[node.Inputs[0]];
        return node.Operation is ConvolutionOperation { Kernel: 1, Stride: 1, Padding: 0, Groups: 1 } && before.Operation is ConvolutionOperation inner
            && inner.Groups == inner.OutChannels && inner.Groups == _graph[before.Inputs[0]].Shape.Channels ? before : null;
    }

    private LayerShape<T> Shape(GraphNode node)
    {
        var convolution = (ConvolutionOperation)node.Operation;
        GraphNode before = _graph[node.Inputs[0]];
        bool dense = convolution.Groups == 1, depthwise = convolution.Groups == convolution.OutChannels && convolution.Groups == before.Shape.Channels;
        if (!dense && !depthwise)
        {
            throw Refuse(node, $"has {convolution.Groups} groups; a convolution is dense (1) or depthwise (one a channel)");
        }

        var resize = before.Operation as NearestResizeOperation;
        return LayerShape<T>.Of(Source(resize is null ? before : _graph[before.Inputs[0]]), resize, convolution);
    }

    private EventSource<T> Source(GraphNode node)
    {
        if (node.Operation is InputOperation or SumPoolingOperation)
        {
            return Frame(node);
        }

        var parts = new List<SpikeMap>();
        Collect(node, parts);
        return new EventSource<T>(parts);
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

    private EventSource<T> Frame(GraphNode node)
    {
        if (!_frames.TryGetValue(node.Name, out EventSource<T>? source))
        {
            int pooling = node.Operation is SumPoolingOperation pool ? pool.Size : 1;
            if (pooling > 1 && _graph[node.Inputs[0]].Operation is not InputOperation)
            {
                throw Refuse(node, "pools what is not the input");
            }

            var frame = new InputFrame<T>(_graph.Input.Shape, node.Shape, pooling, _numbers.Input);
            _inputs.Add(frame);
            source = frame.Source;
            _frames.Add(node.Name, source);
        }

        return source;
    }

    private static NotSupportedException Refuse(GraphNode node, string why) => new($"The event engine cannot run node {node.Name}: it {why}. Use --engine torch.");
}
