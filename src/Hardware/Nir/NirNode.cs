namespace StereoSpike.Hardware;

/// <summary>A node of a NIR graph, or a graph of them.</summary>
/// <param name="Type">NIR's name for it, such as <c>Conv2d</c> or <c>NIRGraph</c>.</param>
/// <param name="Fields">Its values by name.</param>
public sealed record NirNode(string Type, IReadOnlyDictionary<string, NirField> Fields)
{
    /// <summary>Whatever else the writer wanted to tell; NIR's own reader takes anything here and nothing more in a node.</summary>
    public IReadOnlyDictionary<string, NirField> Metadata { get; init; } = new Dictionary<string, NirField>();

    /// <summary>Of a graph: its nodes by name.</summary>
    public IReadOnlyDictionary<string, NirNode> Nodes { get; init; } = new Dictionary<string, NirNode>();

    /// <summary>Of a graph: which node's output goes into which; several into one are added up.</summary>
    public IReadOnlyList<(string Source, string Target)> Edges { get; init; } = [];
}
