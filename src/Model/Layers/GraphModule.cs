using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A <see cref="NetworkGraph"/> as a TorchSharp module: the engine that learns.</summary>
public sealed class GraphModule : nn.Module
{
    private readonly Dictionary<string, Parameter> _tensors = [];
    private readonly Dictionary<string, NeuronLayer> _neurons = [];
    private readonly HashSet<string> _foldedAway = [];

    /// <summary>Builds the module with given weights.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its tensors by name; copied.</param>
    /// <param name="source">What messages call the weights' origin.</param>
    /// <exception cref="InvalidDataException">The weights are not this graph's.</exception>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public GraphModule(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, string source = "weights")
        : base(NameOnceLoaded())
    {
        ArgumentNullException.ThrowIfNull(graph);
        NetworkWeights.Check(graph, weights, source);
        Graph = graph;
        foreach (GraphParameter parameter in graph.Parameters)
        {
            var learned = new Parameter(tensor(weights[parameter.Name].Values, [.. parameter.Shape.Select(side => (long)side)]));
            register_parameter(parameter.Name.Replace('.', '_'), learned);
            _tensors.Add(parameter.Name, learned);
        }

        foreach (GraphNode node in graph.FiringNodes)
        {
            var firing = (FiringOperation)node.Operation;
            _neurons.Add(node.Name, new NeuronLayer(firing.Neuron, firing.LeakWeight is null ? null : _tensors[firing.LeakWeight]));
        }

        foreach (GraphNode node in graph.Nodes)
        {
            _foldedAway.UnionWith(FoldableInto(node));
        }
    }

    /// <summary>The network.</summary>
    public NetworkGraph Graph { get; }

    /// <summary>The learned tensors by name.</summary>
    public IReadOnlyDictionary<string, Parameter> Tensors => _tensors;

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
        var state = new Dictionary<string, Tensor>();
        var values = new Dictionary<string, Tensor>();
        var readouts = new Dictionary<string, IReadOnlyList<Tensor>>();
        for (int t = 0; t < Guard.AtLeast(steps.Count, 1, nameof(steps)); t++)
        {
            values.Clear();
            values.Add(Graph.Input.Name, Checked(steps[t]));
            foreach (GraphNode node in Graph.Nodes.Skip(1).Where(node => !_foldedAway.Contains(node.Name)))
            {
                values.Add(node.Name, node.Operation is FiringOperation ? Fire(node, values, state, t == steps.Count - 1) : Evaluate(node, values, readouts, state));
            }
        }

        return Collect(values, readouts);

        Tensor Fire(GraphNode node, Dictionary<string, Tensor> values, Dictionary<string, Tensor> state, bool lastStep)
        {
            Tensor input = beforeFiring?.Invoke(node, values[node.Inputs[0]]) ?? values[node.Inputs[0]];
            (Tensor spikes, Tensor? potential) = _neurons[node.Name].Step(input, state.GetValueOrDefault(node.Name), keepPotential: !lastStep);
            Keep(state, node.Name, potential);
            return afterFiring?.Invoke(node, input, spikes) ?? spikes;
        }
    }

    /// <summary>The learned tensors' present values, copied.</summary>
    public IReadOnlyDictionary<string, WeightTensor> ExportWeights() => Graph.Parameters.ToDictionary(
        parameter => parameter.Name,
        parameter => new WeightTensor(parameter.Shape, _tensors[parameter.Name].data<float>().ToArray()));

    private Tensor Evaluate(GraphNode node, Dictionary<string, Tensor> values, Dictionary<string, IReadOnlyList<Tensor>> readouts, Dictionary<string, Tensor> state)
    {
        switch (node.Operation)
        {
            case ConvolutionOperation conv:
                return Convolve(node, conv, values);
            case NearestResizeOperation resize:
                return nn.functional.interpolate(values[node.Inputs[0]], [resize.Height, resize.Width], mode: InterpolationMode.Nearest);
            case SumPoolingOperation pooling:
                return nn.functional.avg_pool2d(values[node.Inputs[0]], pooling.Size, ceil_mode: true, divisor_override: 1);
            case LinearOperation linear:
                return nn.functional.linear(values[node.Inputs[0]].flatten(1), _tensors[linear.Weight], Optional(linear.Bias)).unsqueeze(-1).unsqueeze(-1);
            case AddOperation:
                return values[node.Inputs[0]] + values[node.Inputs[1]];
            case IntegratorOperation integrator:
                Tensor? sum = state.GetValueOrDefault(node.Name);
                var partial = new List<Tensor>();
                foreach (string source in node.Inputs)
                {
                    Tensor arrived = values[source] * integrator.Gain;
                    sum = sum is null ? arrived : sum + arrived;
                    partial.Add(sum);
                }

                readouts[node.Name] = partial;
                Keep(state, node.Name, sum);
                return sum!;
            default:
                throw new NotSupportedException($"Node {node.Name}: {node.Operation.GetType().Name} has no TorchSharp form.");
        }
    }

    private Tensor Convolve(GraphNode node, ConvolutionOperation conv, Dictionary<string, Tensor> values)
    {
        string[] folded = [.. FoldableInto(node)];
        Tensor weight = _tensors[conv.Weight];
        if (folded.Length == 0)
        {
            return nn.functional.conv2d(values[node.Inputs[0]], weight, Optional(conv.Bias), [conv.Stride, conv.Stride], [conv.Padding, conv.Padding], groups: conv.Groups);
        }

        GraphNode resize = Graph[folded[^1]];
        Tensor? bias = Optional(conv.Bias);
        if (folded.Length == 2)   // depthwise between: pointwise[c]·depthwise[c,i,j], and its bias seen through the pointwise weights
        {
            var depthwise = (ConvolutionOperation)Graph[folded[0]].Operation;
            Tensor kernel = _tensors[depthwise.Weight].transpose(0, 1) * weight;
            Tensor? inner = depthwise.Bias is null ? null : (_tensors[depthwise.Bias] * weight.reshape(-1)).sum().reshape(1);
            bias = bias is null ? inner : inner is null ? bias : bias + inner;
            weight = kernel;
        }

        return UpsampledHead.Apply(values[resize.Inputs[0]], weight, bias, (NearestResizeOperation)resize.Operation);
    }

    /// <summary>The nodes before a one-channel convolution that <see cref="UpsampledHead"/> takes in: a resize, or a depthwise convolution and a resize, that nobody else reads.</summary>
    private IEnumerable<string> FoldableInto(GraphNode node)
    {
        if (node.Operation is not ConvolutionOperation { OutChannels: 1, Groups: 1, Stride: 1, Padding: 0 } head)
        {
            return [];
        }

        GraphNode before = Graph[node.Inputs[0]];
        if (!OnlyReader(before))
        {
            return [];
        }

        if (before.Operation is NearestResizeOperation)
        {
            return [before.Name];
        }

        bool depthwise = head.Kernel == 1
            && before.Operation is ConvolutionOperation { Stride: 1, Padding: 0 } inner
            && inner.Groups == inner.OutChannels && inner.Groups == Graph[before.Inputs[0]].Shape.Channels;
        return depthwise && Graph[before.Inputs[0]] is { Operation: NearestResizeOperation } resize && OnlyReader(resize) ? [before.Name, resize.Name] : [];

        bool OnlyReader(GraphNode read) => Graph.Consumers[read.Name].Count() == 1;
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
                case not (IntegratorOperation or InputOperation) when !Graph.Consumers[name].Any():
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

    private Tensor Checked(Tensor input)
    {
        FeatureShape wanted = Graph.Input.Shape;
        return input.shape is [_, var c, var h, var w] && c == wanted.Channels && h == wanted.Height && w == wanted.Width
            ? input
            : throw new ArgumentException($"The network takes inputs of shape [N, {wanted.Channels}, {wanted.Height}, {wanted.Width}] and was given [{string.Join(", ", input.shape)}].");
    }

    private Parameter? Optional(string? name) => name is null ? null : _tensors[name];

    /// <summary>The module's name; the base class calls libtorch before this class has a say.</summary>
    private static string NameOnceLoaded()
    {
        LibTorch.EnsureLoaded();
        return nameof(GraphModule);
    }

    private static void Keep(Dictionary<string, Tensor> state, string name, Tensor? value)
    {
        if (value is not null)
        {
            state[name] = value;
        }
    }
}
