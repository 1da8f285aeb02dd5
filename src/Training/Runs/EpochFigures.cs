using System.Globalization;

namespace StereoSpike.Training;

/// <summary>What one epoch came to: a line of the run's log.</summary>
/// <param name="Epoch">0-based.</param>
/// <param name="Steps">Optimiser steps since the run began.</param>
/// <param name="LearningRate">At the epoch's end.</param>
/// <param name="TrainingLoss">Mean over the epoch's batches.</param>
/// <param name="MeanDepthErrorCm">On the validation set; NaN without one. The literature's definition.</param>
/// <param name="MeanDisparityErrorPx">On the validation set, at pixels with left events.</param>
/// <param name="OnePixelAccuracy">On the validation set, at pixels with left events, 0..1.</param>
/// <param name="FiringRate">Mean over all neurons on the validation set, 0..1.</param>
/// <param name="LowestLayerRate">Firing rate of the quietest layer, 0..1.</param>
/// <param name="Seconds">Of training since the run began.</param>
public sealed record EpochFigures(
    int Epoch, long Steps, double LearningRate, double TrainingLoss, double MeanDepthErrorCm, double MeanDisparityErrorPx, double OnePixelAccuracy, double FiringRate, double LowestLayerRate, double Seconds)
{
    /// <summary>The log's first line.</summary>
    public const string CsvHeader = "epoch,steps,learning_rate,training_loss,mean_depth_error_cm,event_mean_disparity_error_px,event_one_pixel_accuracy,firing_rate,lowest_layer_rate,seconds";

    /// <summary>The log's line.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Epoch},{Steps},{LearningRate:G4},{TrainingLoss:F5},{MeanDepthErrorCm:F2},{MeanDisparityErrorPx:F3},{OnePixelAccuracy:F4},{FiringRate:F4},{LowestLayerRate:F4},{Seconds:F0}");
}
