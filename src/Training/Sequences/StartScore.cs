using StereoSpike.Model;

namespace StereoSpike.Training;

/// <summary>What a network reached from one start.</summary>
/// <param name="Initialization">The start, as an <see cref="InitializationRecipe"/>.</param>
/// <param name="Seed">Of the weights and of the order of the samples.</param>
/// <param name="Start">How it stood before training, after priming if there was any.</param>
/// <param name="Losses">Mean training loss of each epoch.</param>
/// <param name="TestAccuracy">Share of test samples classified rightly after the last epoch, 0..1.</param>
/// <param name="TrainingAccuracy">The same of training samples, as many as there are test samples.</param>
/// <param name="InitializationSeconds">Of drawing and calibrating the weights.</param>
/// <param name="TrainingSeconds">Of all steps, priming included.</param>
public sealed record StartScore(
    string Initialization, int Seed, InitializationReport Start, IReadOnlyList<double> Losses, double TestAccuracy, double TrainingAccuracy, double InitializationSeconds, double TrainingSeconds);
