namespace StereoSpike.Model;

/// <summary>A network's learned tensors by name, checked against its graph.</summary>
public static class NetworkWeights
{
    /// <summary>Checks that the tensors are just those that a graph asks for.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its tensors by name.</param>
    /// <param name="source">What messages call the place they came from, such as a file.</param>
    /// <exception cref="InvalidDataException">One is missing, too many, of another shape or not finite: the weights belong to another architecture or are damaged.</exception>
    public static void Check(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, string source)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(weights);
        foreach (GraphParameter parameter in graph.Parameters)
        {
            if (!weights.TryGetValue(parameter.Name, out WeightTensor? tensor))
            {
                throw Foreign(source, parameter.Name, "is missing");
            }

            if (!tensor.Shape.SequenceEqual(parameter.Shape))
            {
                throw Foreign(source, parameter.Name, $"has shape [{string.Join(", ", tensor.Shape)}] where the network needs [{string.Join(", ", parameter.Shape)}]");
            }

            if (!tensor.Values.All(float.IsFinite))
            {
                throw Files.BadFile.Error(source, parameter.Name, "holds a value that is not finite", "The training diverged or the file is damaged; use an earlier checkpoint.");
            }
        }

        if (weights.Count != graph.Parameters.Count)
        {
            HashSet<string> known = [.. graph.Parameters.Select(parameter => parameter.Name)];
            throw Foreign(source, weights.Keys.First(name => !known.Contains(name)), "is not part of the network");
        }
    }

    private static InvalidDataException Foreign(string source, string tensor, string found) =>
        Files.BadFile.Error(source, tensor, found, "The weights belong to another architecture: check kind, neuron, channels, views, heads and sensor size.");
}
