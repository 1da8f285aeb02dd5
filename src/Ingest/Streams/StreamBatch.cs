namespace StereoSpike.Ingest;

/// <summary>What a batch of a stream says.</summary>
public enum BatchKind : byte
{
    /// <summary>A camera's events.</summary>
    Events,

    /// <summary>How far a camera's clock is: it will send nothing from before.</summary>
    Clock,

    /// <summary>The source begins anew elsewhere in time: after a seek, at a loop's start, when a sender has connected again. Both cameras.</summary>
    Restart,
}

/// <summary>A piece of a live stream: some events of one camera, or word of its clock.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Camera">Which camera; without meaning for a restart.</param>
/// <param name="Events">The events, raw, in any order; empty unless <paramref name="Kind"/> is <see cref="BatchKind.Events"/>. Valid until the next batch is asked for.</param>
/// <param name="TimeUs">The clock, or, of a restart, a time on which a window is to end, µs of the stream; without meaning for events.</param>
/// <param name="ArrivedAt">When it came in, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts: latencies run from here.</param>
public readonly record struct StreamBatch(BatchKind Kind, Camera Camera, ReadOnlyMemory<DvsEvent> Events, long TimeUs, long ArrivedAt)
{
    /// <summary>Events of a camera.</summary>
    public static StreamBatch Of(Camera camera, ReadOnlyMemory<DvsEvent> events, long arrivedAt) => new(BatchKind.Events, camera, events, 0, arrivedAt);

    /// <summary>Word of a camera's clock.</summary>
    public static StreamBatch Clock(Camera camera, long timeUs, long arrivedAt) => new(BatchKind.Clock, camera, default, timeUs, arrivedAt);

    /// <summary>A new beginning.</summary>
    /// <param name="timeUs">A time on which a window is to end, and so all others whole steps from it, µs; 0 where none matters.</param>
    /// <param name="arrivedAt">When it came in.</param>
    public static StreamBatch Restart(long timeUs, long arrivedAt) => new(BatchKind.Restart, default, default, timeUs, arrivedAt);
}
