namespace StereoSpike.Model;

/// <summary>A node of a <see cref="NetworkGraph"/>.</summary>
/// <param name="Name">Its name, unique in the graph.</param>
/// <param name="Operation">What it does.</param>
/// <param name="Inputs">The nodes it reads, in order; all come before it.</param>
/// <param name="Shape">What it makes in one step.</param>
public sealed record GraphNode(string Name, IOperation Operation, IReadOnlyList<string> Inputs, FeatureShape Shape);

/// <summary>A learned tensor of a <see cref="NetworkGraph"/>.</summary>
/// <param name="Name">Its name in weights files.</param>
/// <param name="Node">The node that uses it.</param>
/// <param name="Shape">Its shape; empty for a scalar.</param>
/// <param name="FanIn">Inputs summed into one output; 0 for biases and scalars.</param>
public sealed record GraphParameter(string Name, string Node, IReadOnlyList<int> Shape, int FanIn)
{
    /// <summary>Whether gradients change it; if not, training keeps it up by itself.</summary>
    public bool IsLearned { get; init; } = true;

    /// <summary>Number of values.</summary>
    public int Count => Shape.Aggregate(1, (product, side) => checked(product * side));
}
