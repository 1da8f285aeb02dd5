using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Weights on their way to a <see cref="Population"/>.</summary>
/// <param name="Node">The convolution or linear node.</param>
/// <param name="Sources">The populations, or the input, that it reads, through sums and resizes.</param>
/// <param name="Read">Shape of what it reads, before a resize.</param>
/// <param name="Upsampled">Whether a resize lies between.</param>
/// <param name="LargestCount">Largest count of an event that arrives; null for numbers: the input, or sums.</param>
/// <param name="Weights">Number of weights.</param>
public sealed record Projection(GraphNode Node, IReadOnlyList<string> Sources, FeatureShape Read, bool Upsampled, int? LargestCount, long Weights)
{
    /// <summary>Side of the blocks that the spikes it reads are pooled over, px; 1 for none. What the host pools before the input counts as none.</summary>
    public int Pooling { get; private init; } = 1;

    /// <summary>Whether counts above 1 arrive that the chip must send as so many spikes, since its events carry no such payload: the sums stay the same, and each spike is an operation.</summary>
    /// <param name="payloadBits">Bits of the chip's payload.</param>
    public bool IsSerial(int payloadBits) => LargestCount > 1 && LargestCount >= 1L << Math.Min(payloadBits, 62);

    /// <summary>Whether it reads another population's sums, which are numbers and not spikes.</summary>
    public bool ReadsSums { get; private init; }

    internal static Projection Of(NetworkGraph graph, GraphNode node)
    {
        GraphNode read = graph[node.Inputs[0]];
        bool upsampled = read.Operation is NearestResizeOperation;
        FeatureShape shape = upsampled ? graph[read.Inputs[0]].Shape : read.Shape;
        long weights = node.Operation is ConvolutionOperation conv
            ? (long)conv.OutChannels * (read.Shape.Channels / conv.Groups) * conv.Kernel * conv.Kernel
            : (long)node.Shape.Count * read.Shape.Count;
        string[] sources = [.. SourcesOf(graph, read).Distinct()];
        return new Projection(node, sources, shape, upsampled, LargestCountOf(graph, read), weights)
        {
            ReadsSums = sources.Any(source => graph[source].Operation is ConvolutionOperation or LinearOperation),
            Pooling = read.Operation is SumPoolingOperation pooling && read.Inputs[0] != graph.Input.Name ? pooling.Size : 1,
        };
    }

    private static IEnumerable<string> SourcesOf(NetworkGraph graph, GraphNode node) => node.Operation switch
    {
        AddOperation or NearestResizeOperation or SumPoolingOperation => node.Inputs.SelectMany(input => SourcesOf(graph, graph[input])),
        FeedbackOperation feedback => [feedback.Source],
        _ => [node.Name],
    };

    private static int? LargestCountOf(NetworkGraph graph, GraphNode node) => node.Operation switch
    {
        FiringOperation or FeedbackOperation => 1,
        AddOperation => node.Inputs.Aggregate((int?)0, (sum, input) => sum + LargestCountOf(graph, graph[input])),
        NearestResizeOperation => LargestCountOf(graph, graph[node.Inputs[0]]),
        SumPoolingOperation pooling => LargestCountOf(graph, graph[node.Inputs[0]]) * pooling.Size * pooling.Size,
        _ => null,
    };
}
