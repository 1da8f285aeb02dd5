using System.Globalization;

namespace StereoSpike.Training;

/// <summary>Figures of an epoch: a line of <c>log.csv</c>.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="LearningRate">At its end.</param>
/// <param name="Loss">Mean cross entropy of the images learned from, nats.</param>
/// <param name="TrainingAccuracy">Of the images learned from, as they were shown, 0..1.</param>
/// <param name="Accuracy">Validation, strict, 0..1; NaN without validation images.</param>
/// <param name="Seconds">Time taken by learning, without validation.</param>
public sealed record TtfsEpoch(int Epoch, double LearningRate, double Loss, double TrainingAccuracy, double Accuracy, double Seconds)
{
    /// <summary>The header of <c>log.csv</c>.</summary>
    public const string CsvHeader = "epoch,learning_rate,loss,training_accuracy,accuracy_strict,seconds";

    /// <summary>The line.</summary>
    public string ToCsv() => string.Create(CultureInfo.InvariantCulture, $"{Epoch},{LearningRate:G4},{Loss:F5},{TrainingAccuracy:F5},{Accuracy:F5},{Seconds:F2}");
}
