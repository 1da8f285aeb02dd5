using System.Globalization;

namespace StereoSpike.Training;

/// <summary>An epoch's figures.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainingLoss">Mean over the epoch, without the activity penalty.</param>
/// <param name="ValidationLoss">After the epoch; NaN without validation samples.</param>
/// <param name="ValidationAccuracy">0..1; NaN without validation samples or classes.</param>
/// <param name="Activity">Share of spiking neurons that fire at a step on validation samples, 0..1.</param>
/// <param name="Seconds">Of the training pass.</param>
public sealed record SeriesEpoch(int Epoch, double TrainingLoss, double ValidationLoss, double ValidationAccuracy, double Activity, double Seconds)
{
    /// <summary>Names of the columns.</summary>
    public const string CsvHeader = "epoch,training_loss,validation_loss,validation_accuracy,activity,seconds";

    /// <summary>One line of the log.</summary>
    public string ToCsv() => string.Create(CultureInfo.InvariantCulture, $"{Epoch},{TrainingLoss:G6},{ValidationLoss:G6},{ValidationAccuracy:G6},{Activity:G6},{Seconds:F2}");
}
