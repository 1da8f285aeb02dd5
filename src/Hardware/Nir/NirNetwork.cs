using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A network read from a NIR graph.</summary>
/// <param name="Graph">The network; its last nodes are what NIR's output reads.</param>
/// <param name="Weights">Its tensors by name.</param>
/// <param name="Outputs">The nodes that go into NIR's outputs.</param>
/// <param name="DtSeconds">Length of a step, seconds.</param>
/// <param name="Warnings">What was assumed, as sentences.</param>
public sealed record NirNetwork(NetworkGraph Graph, IReadOnlyDictionary<string, WeightTensor> Weights, IReadOnlyList<string> Outputs, double DtSeconds, IReadOnlyList<string> Warnings);
