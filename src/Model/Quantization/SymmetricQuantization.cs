namespace StereoSpike.Model;

/// <summary>Real weights as integers times a scale, without a zero point: w ≈ s·q, q = −Q … Q.</summary>
/// <remarks><code>
/// Q = 2^(bits−1) − 1
/// q = clamp(round(w / s), −Q, Q)          round half to even
/// s = the one of c·max|w| / Q, c = 1, 0.95, …, 0.4, that makes Σ (w − s·q)² least
/// </code>
/// One scale an output channel. With 8 bits c is nearly always 1; with 4 or fewer, cutting the longest weights off costs less than the coarse steps that they ask for.
/// Source: Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference", arXiv:1806.08342 (symmetric, by channel);
/// Banner et al., "Post training 4-bit quantization of convolutional networks for rapid-deployment", NeurIPS 2019, arXiv:1810.05723 (clipping).</remarks>
public static class SymmetricQuantization
{
    private const double ClipStep = 0.05, ShortestClip = 0.4;

    /// <summary>Q, the largest integer weight.</summary>
    /// <param name="bits">2 to 16.</param>
    public static int Largest(int bits) => (1 << (Guard.Within(bits, 2, 16) - 1)) - 1;

    /// <summary>The scale of a channel.</summary>
    /// <param name="weights">All weights that share it.</param>
    /// <param name="bits">2 to 16.</param>
    /// <returns>Greater than 0; 1 for weights that are all 0.</returns>
    public static double Scale(ReadOnlySpan<double> weights, int bits)
    {
        double longest = 0;
        foreach (double w in weights)
        {
            longest = Math.Max(longest, Math.Abs(w));
        }

        if (longest == 0)
        {
            return 1;
        }

        double best = longest / Largest(bits), least = double.PositiveInfinity;
        for (double clip = 1; clip >= ShortestClip; clip -= ClipStep)
        {
            double scale = clip * longest / Largest(bits), error = SquaredError(weights, scale, bits);
            if (error < least)
            {
                (best, least) = (scale, error);
            }
        }

        return best;
    }

    /// <summary>q of one weight.</summary>
    public static int Quantize(double weight, double scale, int bits)
    {
        int largest = Largest(bits);
        return (int)Math.Clamp(Math.Round(weight / scale, MidpointRounding.ToEven), -largest, largest);
    }

    private static double SquaredError(ReadOnlySpan<double> weights, double scale, int bits)
    {
        double largest = Largest(bits), sum = 0, inverse = 1 / scale;
        foreach (double w in weights)
        {
            double error = w - (scale * Math.Clamp(Math.Round(w * inverse), -largest, largest));
            sum += error * error;
        }

        return sum;
    }
}
