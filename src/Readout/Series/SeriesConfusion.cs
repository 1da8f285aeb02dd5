namespace StereoSpike.Readout;

/// <summary>How often each class was taken for each.</summary>
/// <param name="Counts">Samples of a class (first index) taken for a class (second index).</param>
public sealed record SeriesConfusion(double[,] Counts)
{
    /// <summary>Mean over classes of the share of a class's samples that were recognised, 0..1; classes without samples are left out.</summary>
    public double BalancedAccuracy
    {
        get
        {
            int classes = Counts.GetLength(0);
            double[] shares = [.. Enumerable.Range(0, classes).Select(label => Counts[label, label] / Enumerable.Range(0, classes).Sum(decided => Counts[label, decided])).Where(double.IsFinite)];
            return shares.Length > 0 ? shares.Average() : double.NaN;
        }
    }

    /// <summary>Counts decisions.</summary>
    /// <param name="labels">Class of each sample.</param>
    /// <param name="decisions">What each was taken for.</param>
    /// <param name="classes">Number of classes.</param>
    public static SeriesConfusion Of(IReadOnlyList<int> labels, IReadOnlyList<int> decisions, int classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(decisions);
        Guard.Length(decisions.Count, labels.Count, nameof(decisions));
        var counts = new double[classes, classes];
        for (int sample = 0; sample < labels.Count; sample++)
        {
            counts[labels[sample], decisions[sample]]++;
        }

        return new SeriesConfusion(counts);
    }
}
