namespace StereoSpike.Training;

/// <summary>A split of samples.</summary>
/// <param name="Name">What tells it from others, such as the speaker left out.</param>
/// <param name="Training">Samples to learn from.</param>
/// <param name="Test">Samples to be judged by.</param>
public sealed record SeriesFold(string Name, SeriesSet Training, SeriesSet Test);
