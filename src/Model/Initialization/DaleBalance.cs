namespace StereoSpike.Model;

/// <summary>One-signed weights whose excitation and inhibition cancel on average and whose fluctuations reach σ_U.</summary>
/// <param name="Feedforward">Parameter of the excitatory feed-forward weights: λ of an exponential, μ of a log-normal distribution.</param>
/// <param name="Recurrent">The same of the excitatory recurrent weights; NaN without recurrence.</param>
/// <param name="Inhibitory">The same of the inhibitory weights (their sizes).</param>
/// <remarks>
/// With D1_c = Σ N·ν·ε̄ and D2_c = Σ N·ν₂·ε̂ over the connections of group c (f excitatory feed-forward, r excitatory recurrent, i inhibitory) and α the feed-forward share of the
/// excitatory variance, balance and variance are
/// <code>
/// w_f·D1_f + w_r·D1_r = w_i·D1_i         Σ_c E[w_c²]·D2_c = σ_U²         E[w_f²]·D2_f : E[w_r²]·D2_r = α : (1-α)
/// </code>
/// Exponential weights have E[w] = 1/λ, E[w²] = 2/λ²; log-normal ones, σ = 1, have E[w] = e^{μ+1/2}, E[w²] = e^{2μ+2}. So in both the ratios
/// <code>
/// r = w_r/w_f = √( (1-α)·D2_f / (α·D2_r) )      d = w_i/w_f = (D1_f + r·D1_r)/D1_i
/// E[w_f²] = σ_U² / (D2_f + r²·D2_r + d²·D2_i)
/// </code>
/// Source: Rossbroich, Gygax, Zenke 2022 (arXiv:2206.10226), Dale's law; with equal ν these are its exponential equations. Deviation: stork's log-normal code misplaces a
/// factor ½ in r and another in d, so that neither α nor the balance holds there; the equations here are derived anew, and tests check both.
/// </remarks>
public readonly record struct DaleBalance(double Feedforward, double Recurrent, double Inhibitory)
{
    /// <summary>Solves for a layer.</summary>
    /// <param name="layer">Its name, for messages.</param>
    /// <param name="distribution">Exponential or log-normal.</param>
    /// <param name="deviation">σ_U, greater than 0.</param>
    /// <param name="alpha">α, in (0, 1); unused without recurrence.</param>
    /// <param name="feedforward">What arrives by excitatory feed-forward connections.</param>
    /// <param name="recurrent">What arrives by excitatory recurrent connections; may be empty.</param>
    /// <param name="inhibitory">What arrives by inhibitory connections.</param>
    /// <param name="kernel">The neuron's.</param>
    /// <exception cref="ArgumentException">A group that balance needs is silent or absent, or the distribution is not of one sign.</exception>
    public static DaleBalance Solve(
        string layer, WeightDistribution distribution, double deviation, double alpha,
        IReadOnlyList<AfferentDrive> feedforward, IReadOnlyList<AfferentDrive> recurrent, IReadOnlyList<AfferentDrive> inhibitory, SynapticKernel kernel)
    {
        (double D1, double D2) f = Sums(feedforward, kernel), r = Sums(recurrent, kernel), i = Sums(inhibitory, kernel);
        if (!(f.D2 > 0 && i.D1 > 0))
        {
            throw new ArgumentException($"Layer {layer} cannot be balanced: its excitatory drive is {f.D1:G4} and its inhibitory {i.D1:G4} per unit weight, and both must be greater than 0. Give it both kinds of connections, and samples in which they are active.");
        }

        bool recurs = r.D2 > 0;
        double ratio = recurs ? Math.Sqrt((1 - alpha) * f.D2 / (alpha * r.D2)) : 0;
        double balance = (f.D1 + (ratio * r.D1)) / i.D1;
        double square = Guard.Above(deviation, 0.0) * deviation / (f.D2 + (ratio * ratio * r.D2) + (balance * balance * i.D2));
        if (distribution == WeightDistribution.Exponential)
        {
            double lambda = Math.Sqrt(2 / square);
            return new DaleBalance(lambda, recurs ? lambda / ratio : double.NaN, lambda / balance);
        }

        if (distribution == WeightDistribution.LogNormal)
        {
            double mu = (Math.Log(square) / 2) - 1;
            return new DaleBalance(mu, recurs ? mu + Math.Log(ratio) : double.NaN, mu + Math.Log(balance));
        }

        throw new ArgumentException($"{distribution} weights are of both signs: a layer under Dale's law takes exponential or log-normal ones.");
    }

    private static (double D1, double D2) Sums(IReadOnlyList<AfferentDrive> group, SynapticKernel kernel) =>
        (group.Sum(drive => drive.MeanGain(kernel)), group.Sum(drive => drive.FanIn * drive.SquareRateHz * kernel.SquareIntegral));
}
