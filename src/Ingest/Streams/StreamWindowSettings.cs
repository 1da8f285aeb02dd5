namespace StereoSpike.Ingest;

/// <summary>How a live stream is cut into windows.</summary>
public sealed record StreamWindowSettings
{
    /// <summary>The most steps of a window: each is kept as counts until its last window is closed.</summary>
    public const int MaximumSteps = 64;

    /// <summary>Length of a window, µs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public long WindowUs { get; init => field = Guard.AtLeast(value, 1L); } = 50_000;

    /// <summary>From one window's end to the next, µs: the window's length, or a whole part of it for windows that overlap and answers that come more often.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public long StepUs { get; init => field = Guard.AtLeast(value, 1L); } = 50_000;

    /// <summary>How far one camera may be behind the other, µs, before windows are closed without it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 0 to 1 s.</exception>
    public long MaximumSkewUs { get; init => field = Guard.Within(value, 0L, 1_000_000L); } = 20_000;

    /// <summary>How far back in time a camera's own events may come, µs, without being late; windows wait that long.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 0 to 1 s.</exception>
    public long ReorderUs { get; init => field = Guard.Within(value, 0L, 1_000_000L); }

    /// <summary>A step in time of more than this, µs, forwards or backwards, is a clock that began anew, not a pause and not lateness.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1 ms.</exception>
    public long RestartUs { get; init => field = Guard.AtLeast(value, 1_000L); } = 1_000_000;

    /// <summary>Steps of a window.</summary>
    public int Steps => (int)(WindowUs / StepUs);

    /// <summary>Checks that windows can be cut so.</summary>
    /// <exception cref="ArgumentException">A window is not a whole number of steps from 1 to <see cref="MaximumSteps"/>, or a camera may come later than the skew allows.</exception>
    public void Check()
    {
        if (WindowUs % StepUs != 0 || WindowUs / StepUs > MaximumSteps)
        {
            throw new ArgumentException($"A window of {WindowUs} µs is not 1 to {MaximumSteps} whole steps of {StepUs} µs. Take a step that divides it, such as {WindowUs} or {WindowUs / 5}.");
        }

        if (ReorderUs > MaximumSkewUs)
        {
            throw new ArgumentException($"Events may come {ReorderUs} µs late where a camera may be {MaximumSkewUs} µs behind. Let the skew be at least as long.");
        }
    }
}
