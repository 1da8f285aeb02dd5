namespace StereoSpike.Training;

/// <summary>How well a series network does on samples.</summary>
/// <param name="Loss">Mean of cross-entropy, or of squared errors.</param>
/// <param name="Accuracy">Share of samples classified rightly, 0..1; NaN where values are predicted.</param>
/// <param name="Activity">Share of spiking neurons that fire at a step, mean over layers weighted by neurons, 0..1.</param>
/// <param name="LayerActivity">The same of each layer.</param>
/// <param name="Scores">Scores of each sample, shape [K].</param>
public sealed record SeriesScore(double Loss, double Accuracy, double Activity, IReadOnlyList<double> LayerActivity, IReadOnlyList<float[]> Scores)
{
    /// <summary>What each sample was taken for.</summary>
    public IReadOnlyList<int> Decisions => [.. Scores.Select(scores => Array.IndexOf(scores, scores.Max()))];
}
