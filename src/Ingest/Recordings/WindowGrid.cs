namespace StereoSpike.Ingest;

/// <summary>Consecutive windows over a span of time, for recordings without labels and for streams.</summary>
public static class WindowGrid
{
    /// <summary>Covers a span with windows of one length, each starting where the one before it ends; the last may reach beyond the span.</summary>
    /// <param name="span">What to cover, such as <see cref="IStereoRecording.Span"/>; both cameras get the same grid.</param>
    /// <param name="durationUs">Length of a window, µs, at least 1.</param>
    /// <returns>⌈span / duration⌉ windows, in time order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is less than 1.</exception>
    public static IEnumerable<TimeWindow> Cover(TimeWindow span, long durationUs)
    {
        Guard.AtLeast(durationUs, 1L, nameof(durationUs));
        return Walk(span, durationUs);

        static IEnumerable<TimeWindow> Walk(TimeWindow span, long durationUs)
        {
            for (long startUs = span.StartUs; startUs < span.EndUs; startUs += durationUs)
            {
                yield return new TimeWindow(startUs, startUs + durationUs);
            }
        }
    }
}
