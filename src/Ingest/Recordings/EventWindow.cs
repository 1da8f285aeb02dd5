namespace StereoSpike.Ingest;

/// <summary>What one camera reported during a window.</summary>
/// <param name="Window">The window, µs of the events' clock.</param>
/// <param name="Events">Its events, in time order. The memory may be a buffer: read it before the next window is asked for, or copy it.</param>
public readonly record struct EventWindow(TimeWindow Window, ReadOnlyMemory<DvsEvent> Events);
