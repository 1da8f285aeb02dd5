namespace StereoSpike.Training;

/// <summary>Bounds on how many spikes a sample should draw from a neuron.</summary>
public sealed record ActivityBoundSettings
{
    /// <summary>Bounds to prime by: every neuron at least a spike a sample, layers at most 7 on average, with the strengths of the published code.</summary>
    public static ActivityBoundSettings Priming { get; } = new() { LowerStrength = 100, LowerSpikes = 1, UpperStrength = 0.1 };

    /// <summary>Weight of the lower bound; 0 for none. stork takes 100.</summary>
    public double LowerStrength { get; init => field = Guard.AtLeast(value, 0.0); }

    /// <summary>Spikes a sample below which a neuron pays, greater than 0. At stork's 1e-3 only wholly silent neurons pay.</summary>
    public double LowerSpikes { get; init => field = Guard.Above(value, 0.0); } = 1e-3;

    /// <summary>Weight of the upper bound; 0 for none. stork takes 0.1 for fully connected, 0.01 for convolutional layers.</summary>
    public double UpperStrength { get; init => field = Guard.AtLeast(value, 0.0); }

    /// <summary>Mean spikes a sample above which a layer pays, greater than 0.</summary>
    public double UpperSpikes { get; init => field = Guard.Above(value, 0.0); } = 7;
}
