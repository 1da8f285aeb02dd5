using StereoSpike.Ingest;

namespace StereoSpike.Hardware;

/// <summary>What gives way when windows come faster than they can be answered.</summary>
public enum QueuePolicy
{
    /// <summary>The oldest waiting window is left out: answers stay live.</summary>
    Latest,

    /// <summary>Nothing is left out: the source waits, where it can.</summary>
    Lossless,
}

/// <summary>How a live stream is answered.</summary>
public sealed record LiveSettings
{
    /// <summary>From one window's end to the next, µs; null for the windows' own length. A whole part of it makes windows overlap and answers come more often.</summary>
    public long? StepUs { get; init; }

    /// <summary>Length of a window, µs; null for the one the network was trained on, which is the one to take.</summary>
    public long? WindowUs { get; init; }

    /// <summary>How far one camera may be behind the other, µs, before windows are answered without it; at least the millisecond that a replay puts between them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1 ms.</exception>
    public long MaximumSkewUs { get; init => field = Guard.AtLeast(value, 1_000L); } = new StreamWindowSettings().MaximumSkewUs;

    /// <summary>How far back in time a camera's own events may come, µs.</summary>
    public long ReorderUs { get; init; }

    /// <summary>What gives way.</summary>
    public QueuePolicy Queue { get; init; }

    /// <summary>How many windows may wait while one is answered, at least 1. With <see cref="QueuePolicy.Latest"/> each costs the answers a step of age.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 64.</exception>
    public int Waiting { get; init => field = Guard.Within(value, 1, 64); } = 1;

    /// <summary>A depth is supported where a left event lies within so many pixels along both axes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 0 to 64.</exception>
    public int SupportPx { get; init => field = Guard.Within(value, 0, 64); } = 4;

    /// <summary>How windows are cut.</summary>
    /// <param name="trainedUs">The window the network was trained on, µs.</param>
    internal StreamWindowSettings Windows(long trainedUs) => new()
    {
        WindowUs = WindowUs ?? trainedUs,
        StepUs = StepUs ?? WindowUs ?? trainedUs,
        MaximumSkewUs = MaximumSkewUs,
        ReorderUs = ReorderUs,
    };
}
