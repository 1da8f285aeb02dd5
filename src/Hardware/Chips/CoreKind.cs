namespace StereoSpike.Hardware;

/// <summary>Cores of one kind.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Neurons">Neurons of one; null where unknown.</param>
/// <param name="Weights">Weights that one stores; null where unknown.</param>
public sealed record CoreKind(int Count, int? Neurons, int? Weights);
