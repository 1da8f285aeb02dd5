using StereoSpike.Ingest;

namespace StereoSpike.Hardware;

/// <summary>A window that the pipeline is to answer.</summary>
/// <param name="Window">The events to look at, µs since the recording's origin; the depth is that of its end.</param>
/// <param name="Label">Index of the label whose true depth comes with the answer; null for none.</param>
public readonly record struct FrameRequest(TimeWindow Window, int? Label = null)
{
    /// <summary>Time between two answers where a recording has no labels, µs: that of MVSEC's labels.</summary>
    public const long UnlabelledPeriodUs = 50_000;

    /// <summary>The windows of a recording: those that end at its labels' own times or, where it has none, one every <see cref="UnlabelledPeriodUs"/> from its first event.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="windowUs">Length of each window, µs, at least 1: the one the network was trained on.</param>
    /// <remarks>A first label that has less than a window of events before it is answered too, from what there is.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The length is less than 1.</exception>
    public static IReadOnlyList<FrameRequest> ForAll(IStereoRecording recording, long windowUs)
    {
        ArgumentNullException.ThrowIfNull(recording);
        Guard.AtLeast(windowUs, 1L);
        return recording.HasDepth(Camera.Left)
            ? [.. recording.LabelTimesUs.Select((timeUs, label) => new FrameRequest(TimeWindow.EndingAt(timeUs, windowUs), label))]
            : [.. WindowGrid.Cover(recording.Span, UnlabelledPeriodUs).Select(cell => new FrameRequest(new TimeWindow(cell.StartUs, cell.StartUs + windowUs)))];
    }
}
