namespace StereoSpike;

/// <summary>A half-open span of time, [start, end), in microseconds: neighbours share no event and lose none.</summary>
public readonly record struct TimeWindow
{
    /// <summary>Makes a window.</summary>
    /// <param name="startUs">First microsecond inside.</param>
    /// <param name="endUs">First microsecond after; equal to the start for an empty window.</param>
    /// <exception cref="ArgumentOutOfRangeException">The end comes before the start.</exception>
    public TimeWindow(long startUs, long endUs)
    {
        StartUs = startUs;
        EndUs = Guard.AtLeast(endUs, startUs, nameof(endUs));
    }

    /// <summary>The window of a label: what happened in the <paramref name="durationUs"/> before it, the label's own instant excluded.</summary>
    /// <param name="timeUs">The label's time, µs.</param>
    /// <param name="durationUs">Length of the window, µs, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative.</exception>
    public static TimeWindow EndingAt(long timeUs, long durationUs) => new(timeUs - Guard.AtLeast(durationUs, 0L, nameof(durationUs)), timeUs);

    /// <summary>First microsecond inside.</summary>
    public long StartUs { get; }

    /// <summary>First microsecond after.</summary>
    public long EndUs { get; }

    /// <summary>Length in microseconds.</summary>
    public long DurationUs => EndUs - StartUs;

    /// <summary>Whether a timestamp falls inside.</summary>
    public bool Contains(long timestampUs) => StartUs <= timestampUs && timestampUs < EndUs;

    /// <inheritdoc/>
    public override string ToString() => $"[{StartUs}, {EndUs}) µs";
}
