namespace StereoSpike.Training;

/// <summary>How <see cref="SeriesTrainer"/> learns.</summary>
public sealed record SeriesTrainingSettings
{
    /// <summary>Passes over the samples.</summary>
    public int Epochs { get; init => field = Guard.AtLeast(value, 1); } = 20;

    /// <summary>Samples a step.</summary>
    public int BatchSize { get; init => field = Guard.AtLeast(value, 1); } = 32;

    /// <summary>Adam's largest learning rate: reached after the first epoch, then falling to 0 along a cosine.</summary>
    public double LearningRate { get; init => field = Guard.Above(value, 0.0); } = 3e-3;

    /// <summary>λ of the activity penalty. It grows from 0 to this over the first half of the training, so that neurons learn what to fire at before they learn to be quiet.</summary>
    public float ActivityPenalty { get; init => field = Guard.AtLeast(value, 0f); } = 0.1f;

    /// <summary>Share of a layer's neurons that may fire at a step for nothing, 0 to 1; 0 is the published penalty.</summary>
    public float ActivityTarget { get; init => field = Guard.Within(value, 0f, 1f); }

    /// <summary>Every value of a gradient is kept within ± this.</summary>
    public float ClipValue { get; init => field = Guard.Above(value, 0f); } = 5f;

    /// <summary>Share of each class that only chooses the best epoch, 0 to 0.5.</summary>
    public double ValidationShare { get; init => field = Guard.Within(value, 0.0, 0.5); } = 0.1;

    /// <summary>How samples are varied while learning.</summary>
    public SeriesAugmentation Augmentation { get; init; } = new();

    /// <summary>Whether a rare class's samples weigh as much in all as a frequent one's.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>Seed of order, weights and augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; the result does not depend on them.</summary>
    public int Threads { get; init => field = Guard.AtLeast(value, 1); } = 1;
}
