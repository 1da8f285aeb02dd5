namespace StereoSpike.Training;

/// <summary>One prediction.</summary>
/// <param name="Rank">best, median or worst.</param>
/// <param name="Sample">The sample's name.</param>
/// <param name="Events">Left event counts, ON and OFF, shape [2,H,W].</param>
/// <param name="Truth">The measured depth.</param>
/// <param name="Prediction">The network's depth.</param>
internal sealed record Example(string Rank, string Sample, SpikeFrame Events, DepthMap Truth, DepthMap Prediction);
