namespace StereoSpike.Training;

/// <summary>How <see cref="SequenceLearning"/> learns.</summary>
public sealed record SequenceLearningSettings
{
    /// <summary>Samples a step, at least 1.</summary>
    public int BatchSize { get; init => field = Guard.AtLeast(value, 1); } = 100;

    /// <summary>Adam's learning rate, greater than 0.</summary>
    public double LearningRate { get; init => field = Guard.Above(value, 0.0); } = 5e-3;

    /// <summary>Seed of the order.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What layers pay for too little and too much activity.</summary>
    public ActivityBoundSettings Bounds { get; init; } = new();
}
