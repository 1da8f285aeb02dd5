using StereoSpike.Files;

namespace StereoSpike.Readout;

/// <summary>What a <see cref="DepthErrors"/> took, as arrays: sums, not means, so that nothing is lost when ranges of a recording are scored apart and joined.</summary>
public sealed record DepthErrorArrays
{
    /// <summary>The weighted sums of each image, shape [images, 16]: a row of <see cref="Columns"/>.</summary>
    public required NpyArray Images { get; init; }

    /// <summary>The histogram of |ẑ − z|, shape [bins, 2]: number of the bin, weight.</summary>
    public required NpyArray AbsoluteErrors { get; init; }

    /// <summary>What the columns of <see cref="Images"/> are.</summary>
    public const string Columns = "pixels, weight, |e|, e², |e|/z, (e/z)², |disparity e|, within 1 px, within 1/7 px, log, log², δ1, δ2, δ3, below least, unanswered";
}
