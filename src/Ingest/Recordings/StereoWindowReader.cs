namespace StereoSpike.Ingest;

/// <summary>Cuts windows out of a recording: both cameras on one clock, half-open, in rectified pixels.</summary>
/// <remarks>
/// A window's bounds are times on the recording's clock, the same for both cameras, and never an event's: neighbours share no event
/// and lose none, and the cameras cannot drift apart. Its events lie in buffers of the reader that grow to the largest window and are
/// then used again: read a window before asking for the next, or copy it.
/// One thread at a time, like the recording, which stays the caller's to dispose.
/// </remarks>
public sealed class StereoWindowReader
{
    /// <summary>The most events of one camera in one window, 1 GiB of them: at 50 ms, 1.3 billion events a second.</summary>
    public const int MaximumEvents = 1 << 26;

    private readonly RectifiedEvents _left;
    private readonly RectifiedEvents _right;

    /// <summary>Makes a reader.</summary>
    /// <param name="recording">What to read; it must outlive the reader.</param>
    /// <exception cref="ArgumentException">A camera or its rectification map has another size than the rig.</exception>
    public StereoWindowReader(IStereoRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        Recording = recording;
        _left = new RectifiedEvents(recording, Camera.Left);
        _right = new RectifiedEvents(recording, Camera.Right);
    }

    /// <summary>What it reads.</summary>
    public IStereoRecording Recording { get; }

    /// <summary>Reads one window. Windows may come in any order; one that starts where the last ended saves a search.</summary>
    /// <param name="window">µs since the recording's origin; may reach beyond the recording, where there are no events.</param>
    /// <returns>The window, valid until the next call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The window holds more events of a camera than <see cref="MaximumEvents"/>.</exception>
    /// <exception cref="InvalidDataException">The recording is damaged there.</exception>
    public StereoWindow Read(TimeWindow window) =>
        new(window, Recording.Rig.Sensor, _left.Read(window), _right.Read(window));

    /// <summary>How many events of a camera were read and dropped since the reader was made.</summary>
    public EventTally Tally(Camera camera) => camera == Camera.Left ? _left.Tally : _right.Tally;
}
