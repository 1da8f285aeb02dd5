using System.Globalization;

namespace StereoSpike.Training;

/// <summary>Figures of an epoch: a line of <c>log.csv</c>.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="LearningRate">η during it.</param>
/// <param name="LearnedShare">Share of images with an error to learn from, 0..1.</param>
/// <param name="Dead">Hidden neurons drawn anew at its end.</param>
/// <param name="AccuracyInclusive">Validation, ties counted as right, 0..1; NaN without validation images.</param>
/// <param name="AccuracyStrict">Validation, a tie of k counted 1/k, 0..1; NaN without validation images.</param>
/// <param name="Seconds">Time taken by learning, without validation.</param>
public sealed record LatencyEpoch(int Epoch, double LearningRate, double LearnedShare, int Dead, double AccuracyInclusive, double AccuracyStrict, double Seconds)
{
    /// <summary>The header of <c>log.csv</c>.</summary>
    public const string CsvHeader = "epoch,learning_rate,learned_share,dead,accuracy_inclusive,accuracy_strict,seconds";

    /// <summary>The line.</summary>
    public string ToCsv() => string.Create(CultureInfo.InvariantCulture, $"{Epoch},{LearningRate:G6},{LearnedShare:F5},{Dead},{AccuracyInclusive:F5},{AccuracyStrict:F5},{Seconds:F2}");
}
