namespace StereoSpike.Model;

/// <summary>Multiplies each depthwise convolution into the pointwise one that alone reads it: the same function, with nothing but spikes between layers.</summary>
/// <remarks><code>
/// W[o,c,i,j] = p[o,c]·d[c,i,j]        b[o] = b_p[o] + Σ_c p[o,c]·b_d[c]
/// </code>
/// A chip then keeps no neurons for the sums between the two and sends no numbers from core to core; a spike reaches k²·K synapses in place of k², and k²·C·K weights are stored in place of (k² + K)·C.
/// The folded convolution keeps the pointwise one's name and tensors' names.</remarks>
public static class SeparableFolding
{
    /// <summary>The network with its separable convolutions made dense.</summary>
    public static NetworkGraph Fold(NetworkGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Dictionary<string, GraphNode> folded = Pairs(graph).ToDictionary(pair => pair.Depthwise.Name, pair => pair.Depthwise);
        return new NetworkGraph([.. graph.Nodes.Where(node => !folded.ContainsKey(node.Name)).Select(node =>
            node.Inputs.Count == 1 && folded.TryGetValue(node.Inputs[0], out GraphNode? depthwise) ? Dense(node, depthwise) : node)]);
    }

    /// <summary>The weights of the folded network, worked out in double precision and rounded once.</summary>
    /// <param name="graph">The network before folding.</param>
    /// <param name="weights">Its tensors by name.</param>
    public static IReadOnlyDictionary<string, WeightTensor> Fold(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var folded = graph.Parameters.ToDictionary(parameter => parameter.Name, parameter => weights[parameter.Name]);
        foreach ((GraphNode depthwiseNode, GraphNode pointwiseNode) in Pairs(graph))
        {
            var depthwise = (ConvolutionOperation)depthwiseNode.Operation;
            var pointwise = (ConvolutionOperation)pointwiseNode.Operation;
            float[] d = weights[depthwise.Weight].Values, p = weights[pointwise.Weight].Values;
            int channels = depthwise.OutChannels, taps = depthwise.Kernel * depthwise.Kernel;
            folded[pointwise.Weight] = new WeightTensor(
                [pointwise.OutChannels, channels, depthwise.Kernel, depthwise.Kernel],
                [.. Enumerable.Range(0, p.Length * taps).Select(i => (float)((double)p[i / taps] * d[i % (channels * taps)]))]);
            if (BiasName(depthwise, pointwise) is { } bias)
            {
                folded[bias] = new WeightTensor([pointwise.OutChannels], [.. Enumerable.Range(0, pointwise.OutChannels).Select(o => (float)(
                    (pointwise.Bias is null ? 0.0 : weights[pointwise.Bias].Values[o])
                    + (depthwise.Bias is null ? 0.0 : weights[depthwise.Bias].Values.Select((b, c) => (double)p[(o * channels) + c] * b).Sum())))]);
            }

            folded.Remove(depthwise.Weight);
            if (depthwise.Bias is not null)
            {
                folded.Remove(depthwise.Bias);
            }
        }

        return folded;
    }

    private static IEnumerable<(GraphNode Depthwise, GraphNode Pointwise)> Pairs(NetworkGraph graph) =>
        from pointwise in graph.Nodes
        where pointwise.Operation is ConvolutionOperation { Kernel: 1, Stride: 1, Padding: 0, Groups: 1 }
        let depthwise = graph[pointwise.Inputs[0]]
        where depthwise.Operation is ConvolutionOperation { Groups: > 1 } conv && conv.Groups == conv.OutChannels && conv.Groups == graph[depthwise.Inputs[0]].Shape.Channels
        where graph.Consumers[depthwise.Name].Count() == 1
        select (depthwise, pointwise);

    private static GraphNode Dense(GraphNode pointwise, GraphNode depthwise)
    {
        var (inner, outer) = ((ConvolutionOperation)depthwise.Operation, (ConvolutionOperation)pointwise.Operation);
        return pointwise with
        {
            Inputs = depthwise.Inputs,
            Operation = outer with { Kernel = inner.Kernel, Stride = inner.Stride, Padding = inner.Padding, Bias = BiasName(inner, outer) },
        };
    }

    /// <summary>What the folded bias is called: as the pointwise one's, or, where only the depthwise has one, after the weights.</summary>
    private static string? BiasName(ConvolutionOperation depthwise, ConvolutionOperation pointwise) =>
        pointwise.Bias ?? (depthwise.Bias is null ? null : $"{pointwise.Weight}_bias");
}
