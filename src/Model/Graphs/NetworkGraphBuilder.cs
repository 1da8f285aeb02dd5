namespace StereoSpike.Model;

/// <summary>Builds a <see cref="NetworkGraph"/> node by node; each call adds one node, infers its shape and returns its name.</summary>
public sealed class NetworkGraphBuilder
{
    private readonly List<GraphNode> _nodes = [];
    private readonly Dictionary<string, GraphNode> _byName = [];

    /// <summary>Starts a network.</summary>
    /// <param name="input">Shape of the input of one step.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    public NetworkGraphBuilder(FeatureShape input)
    {
        Guard.AtLeast(Math.Min(input.Channels, Math.Min(input.Height, input.Width)), 1, nameof(input));
        Append("input", new InputOperation(), [], input);
    }

    /// <summary>Name of the input node.</summary>
    public string Input => _nodes[0].Name;

    /// <summary>Shape of a node added before.</summary>
    /// <exception cref="ArgumentException">There is no such node.</exception>
    public FeatureShape Shape(string node) => Node(node).Shape;

    /// <summary>Adds a convolution.</summary>
    /// <exception cref="ArgumentException">The groups do not divide the channels, or nothing of the output is left.</exception>
    public string Convolution(string name, string from, ConvolutionOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        FeatureShape input = Shape(from);
        if (input.Channels % operation.Groups != 0 || operation.OutChannels % operation.Groups != 0)
        {
            throw new ArgumentException($"Node {name}: {operation.Groups} groups do not divide {input.Channels} input and {operation.OutChannels} output channels.");
        }

        return Append(name, operation, [from], new FeatureShape(operation.OutChannels, Side(input.Height), Side(input.Width)));

        int Side(int side)
        {
            int covered = side + (2 * operation.Padding) - operation.Kernel;
            return covered >= 0
                ? (covered / operation.Stride) + 1
                : throw new ArgumentException($"Node {name}: a kernel of {operation.Kernel} px does not fit into its input of {input} with padding {operation.Padding}.");
        }
    }

    /// <summary>Adds a nearest-neighbour resize.</summary>
    public string NearestResize(string name, string from, int height, int width) =>
        Append(name, new NearestResizeOperation(Guard.AtLeast(height, 1), Guard.AtLeast(width, 1)), [from], new FeatureShape(Shape(from).Channels, height, width));

    /// <summary>Adds sums over blocks.</summary>
    public string SumPooling(string name, string from, int size)
    {
        FeatureShape input = Shape(from);
        Guard.AtLeast(size, 1);
        return Append(name, new SumPoolingOperation(size), [from], new FeatureShape(input.Channels, Blocks(input.Height), Blocks(input.Width)));

        int Blocks(int side) => (side + size - 1) / size;
    }

    /// <summary>Adds a fully connected layer.</summary>
    public string Linear(string name, string from, LinearOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return Append(name, operation, [from], new FeatureShape(operation.Outputs, 1, 1));
    }

    /// <summary>Adds neurons; a PLIF layer learns the scalar <c>NAME.w</c>.</summary>
    public string Fire(string name, string from, NeuronSettings neuron)
    {
        ArgumentNullException.ThrowIfNull(neuron);
        return Append(name, new FiringOperation(neuron, neuron.Kind == NeuronKind.Plif ? $"{name}.w" : null), [from], Shape(from));
    }

    /// <summary>Adds a smooth function of each element.</summary>
    public string Activate(string name, string from, ActivationKind kind) => Append(name, new ActivationOperation(kind), [from], Shape(from));

    /// <summary>Adds batch normalisation; its tensors are called after the node.</summary>
    public string BatchNorm(string name, string from) => Append(name, new BatchNormOperation(name), [from], Shape(from));

    /// <summary>Adds the sum of two nodes.</summary>
    /// <exception cref="ArgumentException">Their shapes differ.</exception>
    public string Add(string name, string first, string second) => Shape(first) == Shape(second)
        ? Append(name, new AddOperation(), [first, second], Shape(first))
        : throw new ArgumentException($"Node {name} cannot add {first} {Shape(first)} and {second} {Shape(second)}: their shapes differ.");

    /// <summary>Adds a pool of non-firing integrators.</summary>
    /// <exception cref="ArgumentException">There is no input, or the inputs' shapes differ.</exception>
    public string Integrate(string name, IReadOnlyList<string> from, float gain)
    {
        ArgumentNullException.ThrowIfNull(from);
        return from.Count > 0 && from.All(input => Shape(input) == Shape(from[0]))
            ? Append(name, new IntegratorOperation(gain), from, Shape(from[0]))
            : throw new ArgumentException($"Node {name} needs inputs of one shape; it was given {string.Join(", ", from.Select(input => $"{input} {Shape(input)}"))}.");
    }

    /// <summary>Adds current-based leaky neurons that never fire.</summary>
    public string LeakyIntegrate(string name, string from, float membraneTauSteps, float synapticTauSteps) =>
        Append(name, new LeakyIntegratorOperation(Guard.AtLeast(membraneTauSteps, 1f), Guard.AtLeast(synapticTauSteps, 1f)), [from], Shape(from));

    /// <summary>Adds what a node that comes later makes, one step delayed.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="source">The later node's.</param>
    /// <param name="shape">The later node's shape.</param>
    public string Feedback(string name, string source, FeatureShape shape) => Append(name, new FeedbackOperation(source), [], shape);

    /// <summary>The finished network.</summary>
    /// <exception cref="ArgumentException">A feedback reads a node that never came, or is of another shape than promised.</exception>
    public NetworkGraph Build()
    {
        foreach (GraphNode node in _nodes)
        {
            if (node.Operation is FeedbackOperation { Source: var source } && (!_byName.TryGetValue(source, out GraphNode? later) || later.Shape != node.Shape))
            {
                throw new ArgumentException(later is null
                    ? $"Node {node.Name} feeds back a node \"{source}\" that never came."
                    : $"Node {node.Name} promises the shape {node.Shape} and feeds back {source} of shape {later.Shape}.");
            }
        }

        return new([.. _nodes]);
    }

    private GraphNode Node(string name) => _byName.TryGetValue(name, out GraphNode? node)
        ? node
        : throw new ArgumentException($"There is no node \"{name}\" yet; add a node after the nodes it reads.");

    private string Append(string name, IOperation operation, IReadOnlyList<string> inputs, FeatureShape shape)
    {
        var node = new GraphNode(name, operation, inputs, shape);
        if (!_byName.TryAdd(name, node))
        {
            throw new ArgumentException($"There is a node \"{name}\" already.");
        }

        _nodes.Add(node);
        return name;
    }
}
