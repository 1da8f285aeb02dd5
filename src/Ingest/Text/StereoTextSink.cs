namespace StereoSpike.Ingest;

/// <summary>Takes events as they are read, a batch at a time.</summary>
/// <param name="events">Consecutive events of the file; the span is reused after the call.</param>
public delegate void StereoTextSink(ReadOnlySpan<StereoTextEvent> events);
