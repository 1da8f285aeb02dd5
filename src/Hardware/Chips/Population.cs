using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Neurons that a chip keeps together: a firing layer, a pool of integrators, or the sums of a convolution that another one reads (a depthwise before a pointwise).</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Shape">Its neurons.</param>
/// <param name="Projections">What arrives at it.</param>
public sealed record Population(string Name, FeatureShape Shape, IReadOnlyList<Projection> Projections)
{
    /// <summary>Names of the populations that it sends to.</summary>
    public IReadOnlyList<string> Destinations { get; internal set; } = [];

    /// <summary>Weights of all projections.</summary>
    public long Weights => Projections.Sum(projection => projection.Weights);

    /// <summary>Whether it keeps sums that another convolution reads, and no neurons.</summary>
    public bool HoldsSums => Destinations.Count > 0 && Projections.Any(projection => projection.Node.Name == Name);

    /// <summary>The populations of a network.</summary>
    public static IReadOnlyList<Population> Of(NetworkGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Population[] populations = [.. graph.Nodes.Where(node => IsPopulation(graph, node)).Select(node => new Population(node.Name, node.Shape, [.. Arriving(graph, node)]))];
        foreach (Population population in populations)
        {
            population.Destinations = [.. populations.Where(other => other.Projections.Any(projection => projection.Sources.Contains(population.Name))).Select(other => other.Name)];
        }

        return populations;
    }

    private static bool IsPopulation(NetworkGraph graph, GraphNode node) => node.Operation switch
    {
        FiringOperation or IntegratorOperation or LeakyIntegratorOperation => true,
        ConvolutionOperation or LinearOperation => !graph.Consumers[node.Name].Any() || graph.Consumers[node.Name].Any(consumer => consumer.Operation is ConvolutionOperation or LinearOperation or NearestResizeOperation or SumPoolingOperation),
        _ => false,
    };

    /// <summary>The weights between a population and those before it.</summary>
    private static IEnumerable<Projection> Arriving(NetworkGraph graph, GraphNode node)
    {
        GraphNode[] weighted = node.Operation is ConvolutionOperation or LinearOperation ? [node] : [.. node.Inputs.SelectMany(input => Weighted(graph, graph[input]))];
        return weighted.Select(weights => Projection.Of(graph, weights));
    }

    private static IEnumerable<GraphNode> Weighted(NetworkGraph graph, GraphNode node) => node.Operation switch
    {
        ConvolutionOperation or LinearOperation => [node],
        AddOperation => node.Inputs.SelectMany(input => Weighted(graph, graph[input])),
        _ => [],
    };
}
