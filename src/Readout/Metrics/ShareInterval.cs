namespace StereoSpike.Readout;

/// <summary>How far a share that was counted may be from the true one.</summary>
/// <remarks><code>
/// p̂ = k / n,  z = 1.96:   (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)
/// </code>
/// Source: E. B. Wilson, J. American Statistical Association 22, 1927. Unlike p̂ ± z·√(p̂(1 − p̂)/n) it stays within 0 to 1 and holds near the ends.</remarks>
public static class ShareInterval
{
    private const double Z = 1.959964;

    /// <summary>The interval that covers the true share with a probability of 95 %.</summary>
    /// <param name="share">p̂, 0..1.</param>
    /// <param name="count">n, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static (double Low, double High) Wilson(double share, long count)
    {
        Guard.Within(share, 0.0, 1.0);
        Guard.AtLeast(count, 1L);
        double n = count, middle = share + (Z * Z / (2 * n)), reach = Z * Math.Sqrt((share * (1 - share) / n) + (Z * Z / (4 * n * n))), scale = 1 + (Z * Z / n);
        return ((middle - reach) / scale, (middle + reach) / scale);
    }
}
