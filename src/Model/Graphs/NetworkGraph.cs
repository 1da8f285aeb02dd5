namespace StereoSpike.Model;

/// <summary>A network, written once: nodes in an order in which each comes after what it reads. Trainable modules, engines, exporters and counters are all made from it.</summary>
/// <remarks>Made by a <see cref="NetworkGraphBuilder"/>; holds no weights and needs no libtorch.</remarks>
public sealed class NetworkGraph
{
    private readonly Dictionary<string, GraphNode> _byName;

    internal NetworkGraph(IReadOnlyList<GraphNode> nodes)
    {
        Nodes = nodes;
        _byName = nodes.ToDictionary(node => node.Name);
        Parameters = [.. nodes.SelectMany(ParametersOf)];
        Consumers = nodes.SelectMany(node => Sources(node).Select(source => (source, node))).ToLookup(edge => edge.source, edge => edge.node);
    }

    /// <summary>All nodes, each after its inputs.</summary>
    public IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>All learned tensors, in the order of their nodes.</summary>
    public IReadOnlyList<GraphParameter> Parameters { get; }

    /// <summary>Who reads a node, in this step or, as a <see cref="FeedbackOperation"/>, in the next.</summary>
    public ILookup<string, GraphNode> Consumers { get; }

    /// <summary>The input node.</summary>
    public GraphNode Input => Nodes[0];

    /// <summary>Whether a loop leads from a node back to it, one step later.</summary>
    public bool IsRecurrent => Nodes.Any(node => node.Operation is FeedbackOperation);

    /// <summary>The nodes that fire, in order.</summary>
    public IEnumerable<GraphNode> FiringNodes => Nodes.Where(node => node.Operation is FiringOperation);

    /// <summary>A node by name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public GraphNode this[string name] => _byName.TryGetValue(name, out GraphNode? node)
        ? node
        : throw new KeyNotFoundException($"The network has no node \"{name}\"; it has {string.Join(", ", _byName.Keys)}.");

    /// <summary>Whether there is a node of that name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    private static IEnumerable<string> Sources(GraphNode node) => node.Operation is FeedbackOperation feedback ? [feedback.Source] : node.Inputs;

    private IEnumerable<GraphParameter> ParametersOf(GraphNode node)
    {
        switch (node.Operation)
        {
            case ConvolutionOperation conv:
                int inputs = _byName[node.Inputs[0]].Shape.Channels / conv.Groups;
                yield return new GraphParameter(conv.Weight, node.Name, [conv.OutChannels, inputs, conv.Kernel, conv.Kernel], inputs * conv.Kernel * conv.Kernel);
                if (conv.Bias is not null)
                {
                    yield return new GraphParameter(conv.Bias, node.Name, [conv.OutChannels], 0);
                }

                break;
            case LinearOperation linear:
                int width = _byName[node.Inputs[0]].Shape.Count;
                yield return new GraphParameter(linear.Weight, node.Name, [linear.Outputs, width], width);
                if (linear.Bias is not null)
                {
                    yield return new GraphParameter(linear.Bias, node.Name, [linear.Outputs], 0);
                }

                break;
            case FiringOperation { LeakWeight: { } w }:
                yield return new GraphParameter(w, node.Name, [], 0);
                break;
            case BatchNormOperation norm:
                yield return new GraphParameter($"{norm.Name}.scale", node.Name, [node.Shape.Channels], 0);
                yield return new GraphParameter($"{norm.Name}.shift", node.Name, [node.Shape.Channels], 0);
                yield return new GraphParameter($"{norm.Name}.mean", node.Name, [node.Shape.Channels], 0) { IsLearned = false };
                yield return new GraphParameter($"{norm.Name}.variance", node.Name, [node.Shape.Channels], 0) { IsLearned = false };
                break;
        }
    }
}
