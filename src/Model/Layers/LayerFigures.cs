namespace StereoSpike.Model;

/// <summary>What the elements of one layer did, averaged over samples and steps.</summary>
/// <param name="Layer">The node's name.</param>
/// <param name="Fires">Whether it is a layer of neurons; else it is a sum of layers, which the next convolution reads.</param>
/// <param name="Elements">Its elements in one step, C·H·W.</param>
/// <param name="ActiveShare">Share of the elements that are not 0: the firing rate of neurons, the density of a sum; 0..1.</param>
/// <param name="MeanCount">Mean value: spikes an element a step. Sums reach 3.</param>
public sealed record LayerFigures(string Layer, bool Fires, int Elements, double ActiveShare, double MeanCount);
