namespace StereoSpike.Hardware;

/// <summary>What an engine came to inside of one run.</summary>
/// <param name="Values">Spikes of firing nodes and sums of add nodes, by node, shape [C,H,W].</param>
/// <param name="Readouts">The readout's potential after each of its heads, shape [H,W], the coarsest alone first.</param>
public sealed record EngineTrace(IReadOnlyDictionary<string, float[]> Values, IReadOnlyList<float[]> Readouts);
