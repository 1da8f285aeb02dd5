namespace StereoSpike.Model;

/// <summary>A connection onto a layer: the weights between what one node makes and the layer's potential.</summary>
/// <param name="Weights">The linear or convolution node whose weights are drawn; the pointwise one of a depthwise pair.</param>
/// <param name="Depthwise">The depthwise convolution before a pointwise one, null for other connections.</param>
/// <param name="Source">The node whose values arrive.</param>
/// <param name="IsRecurrent">Whether they arrive by a <see cref="FeedbackOperation"/>.</param>
internal sealed record Afferent(GraphNode Weights, GraphNode? Depthwise, string Source, bool IsRecurrent)
{
    /// <summary>The sign its weights keep.</summary>
    public SynapseSign Sign => Weights.Operation switch
    {
        LinearOperation linear => linear.Sign,
        ConvolutionOperation conv => conv.Sign,
        _ => SynapseSign.Any,
    };

    /// <summary>The names of its weights, and of its bias if it has one.</summary>
    public (string Weight, string? Bias) Tensors => TensorsOf(Weights);

    /// <summary>All connections onto a layer; none if it reads something without weights between, which cannot be initialised.</summary>
    public static IReadOnlyList<Afferent> Of(NetworkGraph graph, GraphNode layer)
    {
        var found = new List<Afferent>();
        return layer.Inputs.All(Walk) ? found : [];

        bool Walk(string name)
        {
            GraphNode node = graph[name];
            switch (node.Operation)
            {
                case AddOperation:
                    return node.Inputs.All(Walk);
                case LinearOperation or ConvolutionOperation:
                    GraphNode before = graph[node.Inputs[0]];
                    bool pair = node.Operation is ConvolutionOperation { Kernel: 1, Groups: 1 } && IsDepthwise(before) && graph.Consumers[before.Name].Count() == 1;
                    string source = pair ? before.Inputs[0] : before.Name;
                    found.Add(new Afferent(node, pair ? before : null, source, IsFeedback(graph, source)));
                    return true;
                default:
                    return false;
            }
        }

        bool IsDepthwise(GraphNode node) => node.Operation is ConvolutionOperation conv && conv.Groups > 1 && conv.Groups == conv.OutChannels && conv.Groups == graph[node.Inputs[0]].Shape.Channels;
    }

    /// <summary>The nodes between a layer's sources and the layer, in the graph's order.</summary>
    public static IReadOnlyList<GraphNode> DriveNodes(NetworkGraph graph, GraphNode layer)
    {
        HashSet<string> names = [];
        foreach (Afferent afferent in Of(graph, layer))
        {
            names.Add(afferent.Weights.Name);
            if (afferent.Depthwise is { } depthwise)
            {
                names.Add(depthwise.Name);
            }
        }

        var sums = new Stack<string>(layer.Inputs);
        while (names.Count > 0 && sums.TryPop(out string? name))
        {
            if (graph[name].Operation is AddOperation && names.Add(name))
            {
                foreach (string input in graph[name].Inputs)
                {
                    sums.Push(input);
                }
            }
        }

        return [.. graph.Nodes.Where(node => names.Contains(node.Name))];
    }

    /// <summary>The names of a node's weights, and of its bias if it has one.</summary>
    public static (string Weight, string? Bias) TensorsOf(GraphNode node) => node.Operation switch
    {
        ConvolutionOperation conv => (conv.Weight, conv.Bias),
        LinearOperation linear => (linear.Weight, linear.Bias),
        _ => throw new NotSupportedException($"Node {node.Name} has no weights."),
    };

    private static bool IsFeedback(NetworkGraph graph, string name)
    {
        GraphNode node = graph[name];
        while (node.Operation is NearestResizeOperation or SumPoolingOperation)
        {
            node = graph[node.Inputs[0]];
        }

        return node.Operation is FeedbackOperation;
    }
}
