namespace StereoSpike.Training;

/// <summary>How <see cref="StartStudy"/> trains.</summary>
public sealed record StartStudySettings
{
    /// <summary>dt, s, greater than 0.</summary>
    public double StepSeconds { get; init => field = Guard.Above(value, 0.0); } = 1e-3;

    /// <summary>Training samples that a start is drawn on, at least 1.</summary>
    public int StartSamples { get; init => field = Guard.AtLeast(value, 1); } = 500;

    /// <summary>Passes of <see cref="SequenceLearning.Prime"/> before training, at least 0.</summary>
    public int PrimingEpochs { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Passes over the training samples; 0 scores the start alone.</summary>
    public int Epochs { get; init => field = Guard.AtLeast(value, 0); } = 6;

    /// <summary>Batch, learning rate and bounds; the seed is each run's own.</summary>
    public SequenceLearningSettings Learning { get; init; } = new();
}
