namespace StereoSpike.Readout;

/// <summary>How well one class is told from the other.</summary>
/// <param name="Sensitivity">Share of positive samples that were found, 0..1; NaN without any.</param>
/// <param name="Specificity">Share of negative samples that were left alone, 0..1; NaN without any.</param>
/// <param name="Auc">Chance that a positive sample scores higher than a negative one, a tie counting a half, 0..1: the area under the ROC curve. NaN without samples of both.</param>
public sealed record BinaryScore(double Sensitivity, double Specificity, double Auc)
{
    /// <summary>Scores decisions.</summary>
    /// <param name="evidence">How much speaks for positive, a number a sample.</param>
    /// <param name="positive">Which samples are positive.</param>
    /// <param name="threshold">Evidence above this decides for positive.</param>
    /// <remarks>AUC is the Mann–Whitney statistic by ranks: J. A. Hanley, B. J. McNeil, Radiology 143 (1982).</remarks>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static BinaryScore Of(IReadOnlyList<float> evidence, IReadOnlyList<bool> positive, float threshold = 0f)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(positive);
        Guard.Length(evidence.Count, positive.Count, nameof(evidence));
        int[] order = [.. Enumerable.Range(0, evidence.Count).OrderBy(sample => evidence[sample])];
        double rankSum = 0;
        for (int first = 0; first < order.Length;)
        {
            int end = first + 1;
            while (end < order.Length && evidence[order[end]] == evidence[order[first]])
            {
                end++;
            }

            double rank = (first + 1 + end) / 2.0;   // of all that tie
            rankSum += rank * order[first..end].Count(sample => positive[sample]);
            first = end;
        }

        double positives = positive.Count(is1 => is1), negatives = positive.Count - positives;
        double found = Enumerable.Range(0, positive.Count).Count(sample => positive[sample] && evidence[sample] > threshold);
        double alone = Enumerable.Range(0, positive.Count).Count(sample => !positive[sample] && evidence[sample] <= threshold);
        return new BinaryScore(found / positives, alone / negatives, (rankSum - (positives * (positives + 1) / 2)) / (positives * negatives));
    }
}
