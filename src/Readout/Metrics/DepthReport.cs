namespace StereoSpike.Readout;

/// <summary>How well predicted depth agrees with the truth, over all images of a recording.</summary>
/// <remarks>
/// ẑ is the prediction, z the truth, d = f·b/z; "mean" is over valid pixels of all images together, weighted as
/// <see cref="Definition"/> says, except where it says otherwise. Properties become the snake_case keys of the command line.
/// </remarks>
public sealed record DepthReport
{
    /// <summary>The definition of all figures: truth, mask, weights.</summary>
    public required string Definition { get; init; }

    /// <summary>Images with at least one valid pixel.</summary>
    public required long Frames { get; init; }

    /// <summary>Images without any valid pixel; they count nowhere else.</summary>
    public required long FramesWithoutTruth { get; init; }

    /// <summary>Valid pixels of all images.</summary>
    public required long Pixels { get; init; }

    /// <summary>Sum of the pixels' weights: their events where these weigh, else their number.</summary>
    public required double Weight { get; init; }

    /// <summary>Mean over images of each image's mean |ẑ − z|, cm: the mean depth error of the literature.</summary>
    public required double MeanDepthErrorCm { get; init; }

    /// <summary>Mean |ẑ − z| over pixels, cm.</summary>
    public required double MeanDepthErrorPixelwiseCm { get; init; }

    /// <summary>Median |ẑ − z| over pixels, cm, to one part in a thousand.</summary>
    public required double MedianDepthErrorCm { get; init; }

    /// <summary>Mean |f·b/ẑ − f·b/z|, px.</summary>
    public required double MeanDisparityErrorPx { get; init; }

    /// <summary>Share of pixels whose disparity error is at most 1 px, 0..1.</summary>
    public required double OnePixelAccuracy { get; init; }

    /// <summary>Share of pixels whose disparity error is at most 1/7 px, 0..1: what some published code prints as its one-pixel accuracy.</summary>
    public required double OneSeventhPixelAccuracy { get; init; }

    /// <summary>Mean |ẑ − z|/z.</summary>
    public required double AbsRel { get; init; }

    /// <summary>Mean (ẑ − z)²/z² (E2Depth's; others divide by z once).</summary>
    public required double SqRel { get; init; }

    /// <summary>√ mean (ẑ − z)², metres.</summary>
    public required double RmseM { get; init; }

    /// <summary>√ mean (ln ẑ − ln z)².</summary>
    public required double RmseLog { get; init; }

    /// <summary>Variance of ln ẑ − ln z: 0 where only the scale is wrong (Eigen et al., 2014, with λ = 1, not multiplied by 100, no root).</summary>
    public required double Silog { get; init; }

    /// <summary>Share of pixels with max(ẑ/z, z/ẑ) ≤ 1.25, 0..1.</summary>
    public required double Delta1 { get; init; }

    /// <summary>Share of pixels with max(ẑ/z, z/ẑ) ≤ 1.25², 0..1.</summary>
    public required double Delta2 { get; init; }

    /// <summary>Share of pixels with max(ẑ/z, z/ẑ) ≤ 1.25³, 0..1.</summary>
    public required double Delta3 { get; init; }

    /// <summary>Share of valid pixels whose prediction was below the least one that disparities, ratios and logarithms use, 0..1.</summary>
    public required double BelowLeastShare { get; init; }

    /// <summary>Share of valid pixels that the method left unanswered, 0..1.</summary>
    public required double UnansweredShare { get; init; }
}
