namespace StereoSpike.Ingest;

/// <summary>First and second derivative over time by a polynomial fitted to nine neighbours, as librosa's <c>feature.delta</c> defines them.</summary>
/// <remarks><code>
/// Δx[t]  = Σ_k k·x[t+k] / 60                        k = −4 … 4
/// ΔΔx[t] = Σ_k (3k² − 20)·x[t+k] / 462
/// </code>
/// The first and the last four frames take the polynomial of the nine frames at the end, whose derivative is the same everywhere (mode "interp").
/// Source: A. Savitzky, M. J. E. Golay, Analytical Chemistry 36 (1964).</remarks>
public static class Deltas
{
    /// <summary>Frames that a derivative looks at.</summary>
    public const int Width = 9;

    private const int Half = Width / 2;

    /// <summary>First derivative, per frame.</summary>
    /// <param name="values">Shape [T, bands], T at least 9.</param>
    /// <param name="bands">Bands.</param>
    /// <param name="result">Receives the derivative, the same shape.</param>
    public static void First(ReadOnlySpan<float> values, int bands, Span<float> result) => Fit(values, bands, result, k => k / 60f);

    /// <summary>Second derivative, per frame².</summary>
    /// <inheritdoc cref="First" path="/param"/>
    public static void Second(ReadOnlySpan<float> values, int bands, Span<float> result) => Fit(values, bands, result, k => ((3 * k * k) - 20) / 462f);

    private static void Fit(ReadOnlySpan<float> values, int bands, Span<float> result, Func<int, float> weight)
    {
        Guard.Length(result.Length, values.Length, nameof(result));
        int steps = Guard.AtLeast(values.Length / bands, Width, nameof(values));
        float[] weights = [.. Enumerable.Range(-Half, Width).Select(weight)];
        for (int t = 0; t < steps; t++)
        {
            int centre = Math.Clamp(t, Half, steps - 1 - Half);
            for (int band = 0; band < bands; band++)
            {
                float sum = 0f;
                for (int k = 0; k < Width; k++)
                {
                    sum += weights[k] * values[((centre + k - Half) * bands) + band];
                }

                result[(t * bands) + band] = sum;
            }
        }
    }
}
