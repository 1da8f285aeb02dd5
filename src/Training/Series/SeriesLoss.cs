namespace StereoSpike.Training;

/// <summary>What a series network pays for its scores: cross-entropy where a sample has a class, mean squared error where it has values.</summary>
internal static class SeriesLoss
{
    /// <summary>A sample's loss, and its gradient.</summary>
    /// <param name="set">The samples.</param>
    /// <param name="sample">Which.</param>
    /// <param name="scores">Shape [K].</param>
    /// <param name="gradient">Receives the gradient of the scores, shape [K].</param>
    public static double Of(SeriesSet set, int sample, ReadOnlySpan<float> scores, Span<float> gradient) =>
        set.Labels.Count > 0 ? CrossEntropy(scores, set.Labels[sample], gradient) : SquaredError(scores, set.Targets[sample], gradient);

    private static double CrossEntropy(ReadOnlySpan<float> scores, int label, Span<float> gradient)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float score in scores)
        {
            largest = Math.Max(largest, score);
        }

        for (int k = 0; k < scores.Length; k++)
        {
            sum += Math.Exp(scores[k] - largest);
        }

        for (int k = 0; k < scores.Length; k++)
        {
            gradient[k] = (float)(Math.Exp(scores[k] - largest) / sum) - (k == label ? 1f : 0f);
        }

        return Math.Log(sum) + largest - scores[label];
    }

    private static double SquaredError(ReadOnlySpan<float> scores, float[] targets, Span<float> gradient)
    {
        double sum = 0;
        for (int k = 0; k < scores.Length; k++)
        {
            float error = scores[k] - targets[k];
            sum += error * error;
            gradient[k] = 2f * error / scores.Length;
        }

        return sum / scores.Length;
    }
}
