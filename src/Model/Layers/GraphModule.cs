using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A <see cref="NetworkGraph"/> as a TorchSharp module: the engine that learns.</summary>
public sealed class GraphModule : nn.Module
{
    private readonly Dictionary<string, Parameter> _tensors = [];
    private readonly Dictionary<string, Tensor> _used = [];   // what is computed with: the parameters, or what they are rounded to
    private readonly Dictionary<string, Tensor> _handedOut = [];   // what BeforeUse made of them in this pass
    private readonly FakeQuantization? _rounding;
    private readonly Dictionary<string, NeuronLayer> _neurons = [];
    private readonly StatelessNodes _stateless;
    private readonly Lazy<SequencePlan> _plan;

    /// <summary>Builds the module with given weights.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its tensors by name; copied.</param>
    /// <param name="source">What messages call the weights' origin.</param>
    /// <param name="plain">Whether every resize is carried out and every convolution is libtorch's: slower, and what our own kernels are compared with.</param>
    /// <param name="weightBits">If given, compute with weights rounded to so many bits, 2 to 16, and let gradients through to the real ones.</param>
    /// <exception cref="InvalidDataException">The weights are not this graph's.</exception>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public GraphModule(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, string source = "weights", bool plain = false, int? weightBits = null)
        : base(NameOnceLoaded())
    {
        ArgumentNullException.ThrowIfNull(graph);
        NetworkWeights.Check(graph, weights, source);
        Graph = graph;
        foreach (GraphParameter parameter in graph.Parameters)
        {
            var learned = new Parameter(tensor(weights[parameter.Name].Values, [.. parameter.Shape.Select(side => (long)side)]));
            learned.requires_grad = parameter.IsLearned;
            register_parameter(parameter.Name.Replace('.', '_'), learned);
            _tensors.Add(parameter.Name, learned);
            _used.Add(parameter.Name, learned);
        }

        foreach (GraphNode node in graph.FiringNodes)
        {
            var firing = (FiringOperation)node.Operation;
            _neurons.Add(node.Name, new NeuronLayer(firing.Neuron, firing.LeakWeight is null ? null : _tensors[firing.LeakWeight]));
        }

        WeightBits = weightBits;
        _rounding = weightBits is { } bits ? new FakeQuantization(graph, Guard.Within(bits, 2, 16)) : null;
        _stateless = new StatelessNodes(graph, Used, () => training, () => SumOverBatch, plain);
        _plan = new Lazy<SequencePlan>(() => new SequencePlan(graph));
        eval();   // who trains says so
    }

    /// <summary>The network.</summary>
    public NetworkGraph Graph { get; }

    /// <summary>Bits that weights are rounded to before they are used; null for none.</summary>
    public int? WeightBits { get; }

    /// <summary>The learned tensors by name.</summary>
    public IReadOnlyDictionary<string, Parameter> Tensors => _tensors;

    /// <summary>If given, is shown each weight just before a pass first uses it, with its name, and returns what to use instead: the door for seeing its gradient come back while the
    /// backward pass goes on. Rounded weights (<see cref="WeightBits"/>) and the leaks of PLIF neurons do not pass it.</summary>
    public Func<string, Tensor, Tensor>? BeforeUse { get; set; }

    /// <summary>If given, adds up what other machines hold of the batch: takes sums over the samples here, shape [K], and returns those over all, differentiable. Batch
    /// normalisations need it.</summary>
    public Func<Tensor, Tensor>? SumOverBatch { get; set; }

    /// <summary>Runs one step from rest.</summary>
    /// <param name="input">Shape [N,C,H,W].</param>
    /// <exception cref="ArgumentException">The shape is not the network's.</exception>
    public GraphRun Run(Tensor input) => Run([input]);

    /// <summary>Runs a sequence of steps from rest; neurons and integrators keep their potentials from one to the next.</summary>
    /// <param name="steps">T inputs, each of shape [N,C,H,W].</param>
    /// <param name="beforeFiring">If given, is shown each firing node's input and returns what to use instead: the door for scaling weights layer by layer.</param>
    /// <param name="afterFiring">If given, is shown each firing node's input and spikes and returns the spikes to go on with: the door for comparing with another engine.</param>
    /// <returns>What the last step made.</returns>
    /// <exception cref="ArgumentException">There is no step, or a shape is not the network's.</exception>
    public GraphRun Run(
        IReadOnlyList<Tensor> steps, Func<GraphNode, Tensor, Tensor>? beforeFiring = null, Func<GraphNode, Tensor, Tensor, Tensor>? afterFiring = null)
    {
        ArgumentNullException.ThrowIfNull(steps);
        using DisposeScope scope = NewDisposeScope();
        Guard.AtLeast(steps.Count, 1, nameof(steps));
        Round();
        var memory = new NodeMemory(_stateless, _neurons, Checked(steps[0]).shape[0]);
        var values = new Dictionary<string, Tensor>();
        for (int t = 0; t < steps.Count; t++)
        {
            values.Clear();
            values.Add(Graph.Input.Name, Checked(steps[t]));
            foreach (GraphNode node in Graph.Nodes.Skip(1).Where(node => !_stateless.IsFoldedAway(node)))
            {
                Tensor? input = node.Operation is FiringOperation ? beforeFiring?.Invoke(node, values[node.Inputs[0]]) ?? values[node.Inputs[0]] : null;
                Tensor value = memory.Advance(node, values, lastStep: t == steps.Count - 1, input);
                values.Add(node.Name, input is null ? value : afterFiring?.Invoke(node, input, value) ?? value);
            }

            memory.EndStep(Graph.Nodes, values);
        }

        return Collect(values, memory.Readouts);
    }

    /// <summary>Runs a whole sequence from rest at once, and remembers every step: the way to learn from sequences, many times faster than single steps.</summary>
    /// <param name="sequence">Shape [N,T,C,H,W].</param>
    /// <returns>What every step made; the same as single steps make, up to the order of sums.</returns>
    /// <exception cref="ArgumentException">The shape is not the network's, or the sequence too large for one pass.</exception>
    public SequenceRun RunSequence(Tensor sequence)
    {
        using DisposeScope scope = NewDisposeScope();
        SequenceEvaluation evaluation = BeginSequence(sequence);
        foreach (GraphNode[] unit in Plan.Units)
        {
            evaluation.Evaluate(unit);
        }

        return new SequenceRun(
            Moved(node => node.Operation is FiringOperation or AddOperation),
            Moved(node => node.Operation is IntegratorOperation or LeakyIntegratorOperation),
            Moved(node => IsAnalogEnd(node)));

        Dictionary<string, Tensor> Moved(Func<GraphNode, bool> wanted) => Graph.Nodes.Where(node => wanted(node) && evaluation.Flat.ContainsKey(node.Name))
            .ToDictionary(node => node.Name, node => evaluation.Value(node.Name).MoveToOuterDisposeScope());
    }

    /// <summary>The learned tensors' present values, copied.</summary>
    public IReadOnlyDictionary<string, WeightTensor> ExportWeights() => Graph.Parameters.ToDictionary(
        parameter => parameter.Name,
        parameter => new WeightTensor(parameter.Shape, _tensors[parameter.Name].data<float>().ToArray()));

    /// <summary>The values that the network computes with, copied: <see cref="ExportWeights"/>, rounded where they are.</summary>
    public IReadOnlyDictionary<string, WeightTensor> ExportUsedWeights()
    {
        IReadOnlyDictionary<string, WeightTensor> weights = ExportWeights();
        return WeightBits is { } bits ? RoundedNetwork.Of(Graph, weights, bits).Values(weights) : weights;
    }

    /// <summary>1/τ of a firing node's neurons as learned so far, 0..1; 1 where there is none.</summary>
    internal float Leak(GraphNode node)
    {
        var firing = (FiringOperation)node.Operation;
        return IntegrateAndFire.Leak(firing.Neuron, firing.LeakWeight is null ? 0f : _tensors[firing.LeakWeight].item<float>());
    }

    /// <summary>The order in which sequences are worked out.</summary>
    internal SequencePlan Plan => _plan.Value;

    /// <summary>Begins a pass over a sequence, whose units the caller then works out in the plan's order.</summary>
    internal SequenceEvaluation BeginSequence(Tensor sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        Round();
        return sequence.shape is [_, >= 1, ..] && Fits(sequence.shape.AsSpan(2))
            ? new SequenceEvaluation(_stateless, _neurons, Graph.Input, sequence)
            : throw Misshapen("N, T", sequence);
    }

    /// <summary>Frees what the last pass was handed out.</summary>
    protected override void Dispose(bool disposing)
    {
        TakeBack();
        base.Dispose(disposing);
    }

    /// <summary>Rounds the weights as they are now; the rounded tensors live as long as the pass that uses them.</summary>
    private void Round()
    {
        TakeBack();
        _rounding?.Apply(_tensors, ExportWeights(), _used);
    }

    private Tensor Used(string name)
    {
        if (BeforeUse is null || _rounding is not null)
        {
            return _used[name];
        }

        if (!_handedOut.TryGetValue(name, out Tensor? handed))
        {
            handed = BeforeUse(name, _used[name]);
            handed = ReferenceEquals(handed, _used[name]) ? handed : handed.DetachFromDisposeScope();
            _handedOut.Add(name, handed);
        }

        return handed;
    }

    private void TakeBack()
    {
        foreach ((string name, Tensor handed) in _handedOut)
        {
            if (!ReferenceEquals(handed, _used[name]))
            {
                handed.Dispose();
            }
        }

        _handedOut.Clear();
    }

    private GraphRun Collect(Dictionary<string, Tensor> values, Dictionary<string, IReadOnlyList<Tensor>> readouts)
    {
        var spikes = new Dictionary<string, Tensor>();
        var analog = new Dictionary<string, Tensor>();
        foreach ((string name, Tensor value) in values)
        {
            switch (Graph[name].Operation)
            {
                case FiringOperation or AddOperation:
                    spikes.Add(name, value.MoveToOuterDisposeScope());
                    break;
                case var _ when IsAnalogEnd(Graph[name]):
                    analog.Add(name, value.MoveToOuterDisposeScope());
                    break;
            }
        }

        foreach (Tensor potential in readouts.Values.SelectMany(partial => partial))
        {
            potential.MoveToOuterDisposeScope();
        }

        return new GraphRun(spikes, readouts, analog);
    }

    /// <summary>Whether nobody reads a node that neither fires nor integrates.</summary>
    private bool IsAnalogEnd(GraphNode node) =>
        node.Operation is not (InputOperation or FiringOperation or AddOperation or IntegratorOperation or LeakyIntegratorOperation) && !Graph.Consumers[node.Name].Any();

    private Tensor Checked(Tensor input) => input.shape.Length == 4 && Fits(input.shape.AsSpan(1)) ? input : throw Misshapen("N", input);

    private bool Fits(ReadOnlySpan<long> shape) => shape is [var c, var h, var w] && c == Graph.Input.Shape.Channels && h == Graph.Input.Shape.Height && w == Graph.Input.Shape.Width;

    private ArgumentException Misshapen(string sides, Tensor input)
    {
        FeatureShape wanted = Graph.Input.Shape;
        return new ArgumentException($"The network takes inputs of shape [{sides}, {wanted.Channels}, {wanted.Height}, {wanted.Width}] and was given [{string.Join(", ", input.shape)}].");
    }

    /// <summary>The module's name; the base class calls libtorch before this class has a say.</summary>
    private static string NameOnceLoaded()
    {
        LibTorch.EnsureLoaded();
        return nameof(GraphModule);
    }
}
