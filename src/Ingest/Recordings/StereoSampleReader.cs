namespace StereoSpike.Ingest;

/// <summary>Reads a recording label by label: the window that ends at the label's own time, encoded, with the depth measured there.</summary>
/// <remarks>
/// The window is [t − W, t) of both cameras. (The code published with StereoSpike lays a grid of windows from each camera's first event
/// and takes labels by their number, so that events, cameras and labels drift apart.)
/// One thread at a time, like the recording, which stays the caller's to dispose. A sample owns its memory and may be kept.
/// </remarks>
public sealed class StereoSampleReader
{
    private readonly StereoWindowReader _windows;

    /// <summary>Makes a reader.</summary>
    /// <param name="recording">A recording with depth of the left camera; it must outlive the reader.</param>
    /// <param name="encoder">Makes the frames.</param>
    /// <param name="windowUs">W, µs, at least 1. The paper's is 50,000.</param>
    /// <exception cref="ArgumentException">The recording has no depth, or its cameras do not fit its rig.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty.</exception>
    public StereoSampleReader(IStereoRecording recording, IStereoEncoder encoder, long windowUs)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(encoder);
        WindowUs = Guard.AtLeast(windowUs, 1L, nameof(windowUs));
        if (!recording.HasDepth(Camera.Left))
        {
            throw new ArgumentException($"{recording.Name} has no depth of its left camera, so there is nothing to learn from or to score. Put its ground truth beside it.", nameof(recording));
        }

        Encoder = encoder;
        _windows = new StereoWindowReader(recording);
    }

    /// <summary>What it reads.</summary>
    public IStereoRecording Recording => _windows.Recording;

    /// <summary>Makes the frames.</summary>
    public IStereoEncoder Encoder { get; }

    /// <summary>W, length of a window, µs.</summary>
    public long WindowUs { get; }

    /// <summary>Number of labels.</summary>
    public int Count => Recording.LabelTimesUs.Count;

    /// <summary>Reads one sample.</summary>
    /// <param name="label">Index into <see cref="IStereoRecording.LabelTimesUs"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such label.</exception>
    /// <exception cref="InvalidDataException">The recording is damaged there.</exception>
    public StereoSample Read(int label)
    {
        Guard.Within(label, 0, Count - 1, nameof(label));
        long timeUs = Recording.LabelTimesUs[label];
        StereoWindow window = _windows.Read(TimeWindow.EndingAt(timeUs, WindowUs));
        var frame = new SpikeFrame(Encoder.Channels, window.Sensor);
        Encoder.Encode(window, frame.Values);
        return new StereoSample(timeUs, frame, Recording.ReadDepth(label)) { LeftEventCounts = CountLeft(window) };
    }

    /// <summary>Reads every sample in turn, each when it is asked for.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public IEnumerable<StereoSample> ReadAll() => Enumerable.Range(0, Count).Select(Read);

    /// <summary>How many events of a camera were read and dropped since the reader was made; labels whose windows overlap count an event each time.</summary>
    public EventTally Tally(Camera camera) => _windows.Tally(camera);

    private static float[] CountLeft(in StereoWindow window)
    {
        var counts = new float[window.Sensor.Pixels];
        int width = window.Sensor.Width;
        foreach (ref readonly DvsEvent e in window.Left.Span)
        {
            counts[(e.Y * width) + e.X]++;
        }

        return counts;
    }
}
