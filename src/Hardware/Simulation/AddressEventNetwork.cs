using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A network at work as on an event-driven chip: spikes travel as addresses with counts, each adds its weights where its routes lead, and a neuron that got none costs nothing.</summary>
/// <typeparam name="T">What weights, sums and potentials are kept in.</typeparam>
/// <typeparam name="TReadout">What integrators add in.</typeparam>
/// <remarks>
/// Made by <see cref="AddressEventSimulation"/>. In integers it equals <see cref="IntegerReference"/> to the bit; in float it adds in another order than TorchSharp, so a spike may
/// differ where a potential lies on its threshold. Nearest upsampling is address arithmetic: a table of target rows and columns for each source row and column.
/// </remarks>
public sealed class AddressEventNetwork<T, TReadout>
    where T : struct, INumber<T>
    where TReadout : struct, INumber<TReadout>
{
    private readonly NetworkGraph _graph;
    private readonly Dictionary<string, NodeOutput<T>> _outputs = [];
    private readonly List<(string Name, IStage<T> Stage)> _stages = [];
    private readonly Dictionary<string, FiringStage<T>> _firing = [];
    private readonly Dictionary<string, IReadoutStage<TReadout>> _readouts = [];

    /// <param name="graph">The network.</param>
    /// <param name="node">A node's numbers.</param>
    internal AddressEventNetwork(NetworkGraph graph, Func<GraphNode, SimulatedNode<T, TReadout>> node)
    {
        _graph = graph;
        _outputs.Add(graph.Input.Name, NodeOutput<T>.OfEvents(graph.Input.Shape));
        foreach (GraphNode made in graph.Nodes.Skip(1))
        {
            _stages.Add((made.Name, Stage(made, node(made))));
        }

        Activity = _stages.ToDictionary(stage => stage.Name, _ => new NodeActivity());
        Rest();
    }

    /// <summary>What each node did since the network was made, or since <see cref="ForgetActivity"/>; without the input node.</summary>
    public IReadOnlyDictionary<string, NodeActivity> Activity { get; private set; }

    /// <summary>Steps that <see cref="Activity"/> counts.</summary>
    public int Steps { get; private set; }

    /// <summary>Puts all neurons and integrators to rest.</summary>
    public void Rest()
    {
        foreach (FiringStage<T> stage in _firing.Values)
        {
            stage.Rest();
        }

        foreach (IReadoutStage<TReadout> stage in _readouts.Values)
        {
            stage.Rest();
        }

        foreach (NodeOutput<T> output in _outputs.Values)   // for what is fed back
        {
            output.Begin();
        }
    }

    /// <summary>Starts counting again.</summary>
    public void ForgetActivity()
    {
        Activity = _stages.ToDictionary(stage => stage.Name, _ => new NodeActivity());
        Steps = 0;
    }

    /// <summary>Runs one step.</summary>
    /// <param name="input">Shape [C,H,W].</param>
    /// <exception cref="ArgumentException">The input is not of the network's shape.</exception>
    public void Step(ReadOnlySpan<T> input)
    {
        Guard.Length(input.Length, _graph.Input.Shape.Count, nameof(input));
        NodeOutput<T> arriving = _outputs[_graph.Input.Name];
        arriving.Begin();
        for (int i = 0; i < input.Length; i++)
        {
            if (input[i] != T.Zero)
            {
                arriving.Emit(i, input[i]);
            }
        }

        foreach ((string name, IStage<T> stage) in _stages)
        {
            _outputs[name].Begin();
            stage.Run(_outputs[name], Activity[name]);
        }

        Steps++;
    }

    /// <summary>What a node made in the last step, shape [C,H,W]; for a readout use <see cref="Readouts"/>.</summary>
    public T[] Values(string node) => _outputs[_graph[node].Name].ToDense();

    /// <summary>Addresses and counts that a node sent in the last step, in the order in which it sent them.</summary>
    public IEnumerable<(int Neuron, T Count)> EventsOf(string node)
    {
        AddressEvents<T> events = _outputs[_graph[node].Name].Events();
        return events.Neurons.ToArray().Zip(events.Counts.ToArray());
    }

    /// <summary>Membrane potentials of a firing node, shape [C,H,W].</summary>
    public ReadOnlySpan<T> Potentials(string node) => _firing[node].Potentials;

    /// <summary>A readout's potential after each of its inputs in the last step, shape [C,H,W].</summary>
    public IReadOnlyList<TReadout[]> Readouts(string readout) => _readouts[readout].After;

    private IStage<T> Stage(GraphNode node, SimulatedNode<T, TReadout> numbers)
    {
        NodeOutput<T>[] sources = [.. node.Inputs.Select(input => _outputs[input])];
        if (node.Operation is FeedbackOperation feedback)
        {
            Make(NodeOutput<T>.OfEvents(node.Shape));
            return new FeedbackStage<T>(() => _outputs[feedback.Source]);
        }

        NodeOutput<T> source = sources[0];
        switch (node.Operation)
        {
            case ConvolutionOperation conv when DepthwiseStage<T>.Fits(conv, source.Shape.Channels):
                Make(NodeOutput<T>.OfSums(node.Shape, channelsInnermost: false, numbers.Bias));
                return new DepthwiseStage<T>(conv, source, node.Shape, numbers.Weights);
            case ConvolutionOperation conv:
                Make(NodeOutput<T>.OfSums(node.Shape, channelsInnermost: true, numbers.Bias));
                return PointwiseStage<T>.Fits(conv, source)
                    ? new PointwiseStage<T>(source, node.Shape.Channels, numbers.Weights)
                    : new ConvolutionStage<T>(conv, source, node.Shape, numbers.Weights);
            case LinearOperation linear:
                Make(NodeOutput<T>.OfSums(node.Shape, channelsInnermost: true, numbers.Bias));
                return new LinearStage<T>(source, linear.Outputs, numbers.Weights);
            case NearestResizeOperation:
                Make(NodeOutput<T>.OfEvents(node.Shape));
                return new ResizeStage<T>(source, node.Shape);
            case SumPoolingOperation pooling:
                Make(NodeOutput<T>.OfEvents(node.Shape));
                return new MergeStage<T>([(source, Ones(source.Shape.Channels))], neuron => Pooled(neuron, source.Shape, node.Shape, pooling.Size), node.Shape.Count);
            case AddOperation:
                Make(NodeOutput<T>.OfEvents(node.Shape));
                return new MergeStage<T>([.. sources.Zip(numbers.Multipliers)], static neuron => neuron, node.Shape.Count);
            case FiringOperation:
                Make(NodeOutput<T>.OfEvents(node.Shape));
                _firing.Add(node.Name, new FiringStage<T>(source, numbers.Rule!));
                return _firing[node.Name];
            case IntegratorOperation:
                Make(NodeOutput<T>.OfEvents(node.Shape));
                return Readout(new IntegratorStage<T, TReadout>([.. sources.Zip(numbers.Gains)], node.Shape.Count));
            case LeakyIntegratorOperation:
                Make(NodeOutput<T>.OfEvents(node.Shape));
                return Readout(new LeakyReadoutStage<T, TReadout>(source, numbers.Leak!, node.Shape.Count));
            default:
                throw new NotSupportedException($"Node {node.Name}: {node.Operation.GetType().Name} has no event-driven form.");
        }

        void Make(NodeOutput<T> output) => _outputs.Add(node.Name, output);

        TStage Readout<TStage>(TStage stage)
            where TStage : IStage<T>, IReadoutStage<TReadout>
        {
            _readouts.Add(node.Name, stage);
            return stage;
        }
    }

    private static int Pooled(int neuron, FeatureShape from, FeatureShape to, int size)
    {
        int c = neuron / (from.Height * from.Width), pixel = neuron % (from.Height * from.Width);
        return to.Index(c, pixel / from.Width / size, pixel % from.Width / size);
    }

    private static T[] Ones(int count)
    {
        var ones = new T[count];
        ones.AsSpan().Fill(T.One);
        return ones;
    }
}
