namespace StereoSpike.Training;

/// <summary>The loss of a classifier whose outputs are potentials.</summary>
/// <remarks><code>
/// p = softmax(V)          q_o = 1 − s for the label, s / (K − 1) for the others; s smooths
/// L = −Σ_o q_o · ln p_o   ∂L/∂V_o = p_o − q_o
/// </code></remarks>
public static class CrossEntropy
{
    /// <summary>Works loss and gradient out.</summary>
    /// <param name="potentials">V, shape [K].</param>
    /// <param name="label">The right class, 0 to K − 1.</param>
    /// <param name="smoothing">s, 0 to 1.</param>
    /// <param name="scale">What the gradient is multiplied by: one over the number of images.</param>
    /// <param name="errors">Receives ∂L/∂V · scale, shape [K].</param>
    /// <returns>L.</returns>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static double Loss(ReadOnlySpan<float> potentials, int label, float smoothing, float scale, Span<float> errors)
    {
        Guard.Length(errors.Length, potentials.Length, nameof(errors));
        Guard.Within(label, 0, potentials.Length - 1);
        float highest = float.NegativeInfinity;
        foreach (float v in potentials)
        {
            highest = Math.Max(highest, v);
        }

        double sum = 0;
        foreach (float v in potentials)
        {
            sum += Math.Exp(v - highest);
        }

        double loss = 0, logSum = Math.Log(sum);
        for (int o = 0; o < potentials.Length; o++)
        {
            double log = potentials[o] - highest - logSum, target = o == label ? 1.0 - smoothing : smoothing / (potentials.Length - 1.0);
            loss -= target * log;
            errors[o] = (float)((Math.Exp(log) - target) * scale);
        }

        return loss;
    }
}
