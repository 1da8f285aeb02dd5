namespace StereoSpike.Model;

/// <summary>A connection onto a layer, as it is.</summary>
/// <param name="Weights">Its linear or convolution node.</param>
/// <param name="Drive">What arrives by it, measured.</param>
/// <param name="Moments">Mean and deviation of its weights, those that are exactly 0 included; products where a depthwise and a pointwise kernel meet.</param>
/// <param name="VarianceShare">Share of the layer's predicted variance that it makes, 0..1.</param>
public sealed record AfferentStatistics(string Weights, AfferentDrive Drive, WeightMoments Moments, double VarianceShare);
