using StereoSpike.Hardware;
using StereoSpike.Ingest;

namespace StereoSpike.Serve;

/// <summary>Finds the depth that was measured at an answer's instant.</summary>
/// <param name="recording">The recording, opened for this alone.</param>
internal sealed class LiveTruth(IStereoRecording recording)
{
    private const long NearUs = 1_000;   // what moves 1 m/s moves a millimetre meanwhile

    /// <summary>The truth, shape [H,W], metres, NaN where unknown; null where nothing was measured within a millisecond of it.</summary>
    public DepthMap? At(LiveFrame frame)
    {
        IReadOnlyList<long> times = recording.LabelTimesUs;
        int low = 0, high = times.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = times[middle] < frame.TimeUs - NearUs ? (middle + 1, high) : (low, middle);
        }

        return low < times.Count && times[low] <= frame.TimeUs + NearUs ? recording.ReadDepth(low) : null;
    }
}
