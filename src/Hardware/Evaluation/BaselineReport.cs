using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>What an answer scores that looks at no event, or a classical matcher's.</summary>
/// <param name="Name">One of the names below, or the matcher's.</param>
/// <param name="Metres">The constant, metres; null for a map.</param>
/// <param name="Report">Its figures at every valid pixel.</param>
public sealed record BaselineReport(string Name, double? Metres, DepthReport Report)
{
    /// <summary>The training set's mean depth at each pixel.</summary>
    public const string TrainingMean = "training_mean_depth";

    /// <summary>The constant of least mean depth error on this very truth.</summary>
    public const string BestConstant = "best_constant_depth";

    /// <summary>The constant of least mean disparity error.</summary>
    public const string BestConstantDisparity = "best_constant_disparity";

    /// <summary>The constant with the most pixels within one px of disparity.</summary>
    public const string BestConstantOnePixel = "best_constant_one_pixel";

    /// <summary>Share of the valid pixels' weight at which a matcher answered, 0..1; null for what answers everywhere.</summary>
    public double? AnsweredShare { get; init; }

    /// <summary>A matcher's figures at those pixels alone; null where it answered nowhere, and for what answers everywhere.</summary>
    public DepthReport? Answered { get; init; }
}
