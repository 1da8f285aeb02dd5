using StereoSpike.Ingest;

namespace StereoSpike.Hardware;

/// <summary>Reads the depth measured at a label, and how many events each pixel had in the window that the truth was made for.</summary>
/// <param name="recording">What to read.</param>
/// <param name="windowUs">The window to count in where the truth is of an instant, µs.</param>
internal sealed class TruthReader(IStereoRecording recording, long windowUs)
{
    private readonly StereoWindowReader _windows = new(recording);   // its own: what is counted here was read once already
    private readonly long _windowUs = recording.TruthWindowUs ?? windowUs;

    /// <summary>Reads a label.</summary>
    /// <param name="label">Index of the label.</param>
    /// <param name="counts">Receives the left events at each pixel, shape [H,W].</param>
    /// <returns>Shape [H,W], metres.</returns>
    public DepthMap Read(int label, Span<float> counts)
    {
        counts.Clear();
        int width = recording.Rig.Sensor.Width;
        foreach (ref readonly DvsEvent e in _windows.Read(TimeWindow.EndingAt(recording.LabelTimesUs[label], _windowUs)).Left.Span)
        {
            counts[(e.Y * width) + e.X]++;
        }

        return recording.ReadDepth(label);
    }
}
