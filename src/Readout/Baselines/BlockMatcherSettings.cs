namespace StereoSpike.Readout;

/// <summary>What a block matcher compares: one number a pixel and polarity, 0 to 255.</summary>
public enum EventFeature
{
    /// <summary>How many events the pixel sent, at most 255.</summary>
    Counts,

    /// <summary>How recently it sent one: 255·exp(−age/τ), rounded, for its newest event.</summary>
    TimeSurface,

    /// <summary>Whether it sent one at all, 0 or 1: their products are coincidences, L AND R.</summary>
    Activity,
}

/// <summary>Everything that fixes a <see cref="BlockMatcher"/>.</summary>
public sealed record BlockMatcherSettings
{
    /// <summary>The largest block: up to here sums of 8-bit products stay exact in 32 bits.</summary>
    public const int MaximumBlockPx = 127;

    /// <summary>Name of the matcher among baselines.</summary>
    public string Name { get; init; } = "block_matching";

    /// <summary>What is compared.</summary>
    public EventFeature Feature { get; init; } = EventFeature.Counts;

    /// <summary>Side of the square block, px, odd, 1 to <see cref="MaximumBlockPx"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range, or to an even number.</exception>
    public int BlockPx
    {
        get;
        init => field = (Guard.Within(value, 1, MaximumBlockPx) & 1) == 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(BlockPx), value, "BlockPx must be odd: a block has a middle pixel.");
    } = 31;

    /// <summary>How many rows up and down a right pixel's value is good for too (the largest counts), px, 0 to 16: it forgives a rectification that is so many rows off.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public int RowTolerancePx { get; init => field = Guard.Within(value, 0, 16); }

    /// <summary>The least disparity tried, px, at least 1: a disparity of 0 has no depth.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int MinimumDisparityPx { get; init => field = Guard.AtLeast(value, 1); } = 1;

    /// <summary>The greatest disparity tried, px, 1 to <see cref="SensorSize.MaximumSide"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public int MaximumDisparityPx { get; init => field = Guard.Within(value, 1, SensorSize.MaximumSide); } = 32;

    /// <summary>τ of the time surface, µs, greater than 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double TauUs { get; init => field = Guard.Above(value, 0.0); } = 20_000;

    /// <summary>How far the right image's own answer may be from the left's before both count as unknown, px; null for no such check.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0.</exception>
    public int? LeftRightTolerancePx { get; init => field = value is { } px ? Guard.AtLeast(px, 0) : null; }

    /// <summary>Whether a parabola through the best score and its neighbours refines the answer below one pixel.</summary>
    public bool Subpixel { get; init; } = true;

    /// <summary>The matchers that evaluations show: counts, time surface, coincidence, and coincidence with left-right check.</summary>
    /// <param name="maximumDisparityPx">The greatest disparity tried, px.</param>
    public static IReadOnlyList<BlockMatcherSettings> Baselines(int maximumDisparityPx = 32) =>
    [
        new() { Name = "count_ncc", Feature = EventFeature.Counts, BlockPx = 41, MaximumDisparityPx = maximumDisparityPx },
        new() { Name = "time_surface", Feature = EventFeature.TimeSurface, MaximumDisparityPx = maximumDisparityPx },
        new() { Name = "coincidence", Feature = EventFeature.Activity, RowTolerancePx = 1, MaximumDisparityPx = maximumDisparityPx },
        new() { Name = "coincidence_left_right", Feature = EventFeature.Activity, RowTolerancePx = 1, MaximumDisparityPx = maximumDisparityPx, LeftRightTolerancePx = 1 },
    ];
}
