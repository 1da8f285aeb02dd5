using System.Globalization;

namespace StereoSpike.Model;

/// <summary>Mean and deviation of a connection's weights.</summary>
/// <param name="Mean">μ_w.</param>
/// <param name="Deviation">σ_w, at least 0.</param>
public readonly record struct WeightMoments(double Mean, double Deviation)
{
    /// <summary>The moments that bring a layer's potentials to their targets.</summary>
    /// <param name="layer">The layer's name, for messages.</param>
    /// <param name="targets">μ_U and σ_U.</param>
    /// <param name="afferents">What arrives by each connection.</param>
    /// <param name="shares">The share of the variance that each connection makes; of sum 1 where σ_U is to be the layer's.</param>
    /// <param name="kernel">The neuron's.</param>
    /// <returns>One for each connection.</returns>
    /// <exception cref="ArgumentException">Nothing arrives, or a mean weight alone makes more variance than its share; the message has the numbers and the feasible range.</exception>
    /// <remarks><code>
    /// μ_w = μ_U / (Σ_c N_c·ν_c·ε̄)                                the same for all connections
    /// σ_c = √( (share_c·σ_U² / (ν₂_c·ε̂) - N_r·μ_w²) / N_c )
    /// </code>
    /// Source: Rossbroich, Gygax, Zenke 2022 (arXiv:2206.10226), with ν₂ and N_r for values other than 0 and 1 and for repeated ones; feasible where
    /// N_r·μ_w²·ν₂·ε̂ ≤ share·σ_U², that is ξ ≤ (θ − μ_U)/|μ_U|·√(share·(N ν ε̄)²/(N_r ν₂ ε̂)).</remarks>
    public static WeightMoments[] Solve(
        string layer, FluctuationTargets targets, IReadOnlyList<AfferentDrive> afferents, IReadOnlyList<double> shares, SynapticKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(afferents);
        ArgumentNullException.ThrowIfNull(shares);
        Guard.Above(targets.Deviation, 0.0, nameof(targets));
        for (int c = 0; c < afferents.Count; c++)
        {
            if (!(afferents[c].SquareRateHz * afferents[c].FanIn * kernel.SquareIntegral > 0))
            {
                throw new ArgumentException($"Layer {layer}: nothing arrives by connection {c + 1} (N = {Text(afferents[c].FanIn)}, ν = {Text(afferents[c].RateHz)} Hz), so no weights make it fluctuate. Take busier samples, a longer window, or give ν.");
            }
        }

        double mean = targets.MeanPotential == 0 ? 0 : targets.MeanPotential / afferents.Sum(afferent => afferent.MeanGain(kernel));
        return [.. afferents.Select((afferent, c) => new WeightMoments(mean, DeviationFor(layer, targets, afferent, shares[c], mean, kernel)))];
    }

    private static double DeviationFor(string layer, FluctuationTargets targets, AfferentDrive afferent, double share, double mean, SynapticKernel kernel)
    {
        double wanted = share * targets.Deviation * targets.Deviation, byMean = afferent.Variance(mean, 0, kernel);
        return wanted >= byMean
            ? Math.Sqrt((wanted - byMean) / (afferent.SquareRateHz * kernel.SquareIntegral * afferent.FanIn))
            : throw new ArgumentException(
                $"Layer {layer}: μ_U = {Text(targets.MeanPotential)} with σ_U = {Text(targets.Deviation)} cannot be reached with N = {Text(afferent.FanIn)} and ν = {Text(afferent.RateHz)} Hz: " +
                $"the mean weight of {Text(mean)} alone makes fluctuations of {Text(Math.Sqrt(byMean / share))}. Take σ_U of at least that (a smaller ξ), or |μ_U| of at most {Text(Math.Abs(targets.MeanPotential) * Math.Sqrt(wanted / byMean))}.");
    }

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
