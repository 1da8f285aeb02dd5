namespace StereoSpike.Model;

/// <summary>Where a layer's membrane potentials should lie before training.</summary>
/// <param name="MeanPotential">μ_U, in potential above rest; 0 balances excitation and inhibition.</param>
/// <param name="Deviation">σ_U: size of the fluctuations, in potential, greater than 0.</param>
/// <remarks>
/// The distance of the mean from the threshold in deviations is ξ = (θ − μ_U)/σ_U; fluctuations drive a layer, and gradients flow, where 1 ≤ ξ ≤ 3.
/// Source: Rossbroich, Gygax, Zenke, "Fluctuation-driven initialization for spiking neural network training", Neuromorphic Computing and Engineering 2 (2022), arXiv:2206.10226.
/// </remarks>
public readonly record struct FluctuationTargets(double MeanPotential, double Deviation)
{
    /// <summary>μ_U = 0 and σ_U = 1, which is ξ = 1 for a threshold of 1.</summary>
    public static FluctuationTargets Default => new(0, 1);

    /// <summary>Targets given as μ_U and ξ.</summary>
    /// <param name="meanPotential">μ_U, below the threshold.</param>
    /// <param name="xi">ξ, greater than 0.</param>
    /// <param name="threshold">θ above rest.</param>
    /// <exception cref="ArgumentOutOfRangeException">ξ is not greater than 0, or μ_U not below θ.</exception>
    public static FluctuationTargets OfXi(double meanPotential, double xi, double threshold = 1)
    {
        Guard.Above(threshold - meanPotential, 0.0, nameof(threshold));
        return new FluctuationTargets(meanPotential, (threshold - meanPotential) / Guard.Above(xi, 0.0));
    }

    /// <summary>ξ for a threshold.</summary>
    /// <param name="threshold">θ above rest.</param>
    public double Xi(double threshold) => (threshold - MeanPotential) / Deviation;
}
