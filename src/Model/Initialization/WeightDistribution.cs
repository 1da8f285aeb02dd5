namespace StereoSpike.Model;

/// <summary>How weights are distributed around their moments.</summary>
public enum WeightDistribution
{
    /// <summary>Gaussian.</summary>
    Normal,

    /// <summary>Uniform in μ ± √3·σ.</summary>
    Uniform,

    /// <summary>Exponential: of one sign, its mean its deviation. For connections of one sign (Dale's law).</summary>
    Exponential,

    /// <summary>Log-normal with σ = 1 of the logarithm: of one sign. For connections of one sign (Dale's law).</summary>
    LogNormal,
}
