namespace StereoSpike.Ingest;

/// <summary>What two event cameras recorded on one clock, with the depth that was measured beside them.</summary>
public interface IStereoRecording : IDisposable
{
    /// <summary>What messages call it: the file's name or the scene's.</summary>
    string Name { get; }

    /// <summary>The cameras and their geometry; its maps move raw events to rectified pixels.</summary>
    StereoRig Rig { get; }

    /// <summary>The recording's zero, µs of its own clock (UTC for MVSEC).</summary>
    long OriginUs { get; }

    /// <summary>The first and just after the last event of either camera, µs since the origin.</summary>
    TimeWindow Span { get; }

    /// <summary>One camera's events, raw.</summary>
    IEventSequence Events(Camera camera);

    /// <summary>When depth was measured, µs since the origin, ascending; empty without ground truth.</summary>
    IReadOnlyList<long> LabelTimesUs { get; }

    /// <summary>Whether the truth of a label holds one disparity an event (the newest of each pixel in its window) rather than one measurement a pixel.
    /// Metrics then weigh each pixel by its events.</summary>
    bool TruthIsPerEvent { get; }

    /// <summary>Window length the truth was made for, µs; null where labels are instants, as in MVSEC.</summary>
    long? TruthWindowUs { get; }

    /// <summary>Whether a camera has depth maps.</summary>
    bool HasDepth(Camera camera);

    /// <summary>The depth measured at a label, in a camera's rectified pixels.</summary>
    /// <param name="label">Index into <see cref="LabelTimesUs"/>.</param>
    /// <param name="camera">Which camera's view.</param>
    /// <returns>Shape [H,W], metres, NaN where unknown.</returns>
    /// <exception cref="InvalidOperationException">The recording has no depth of that camera.</exception>
    /// <exception cref="InvalidDataException">A depth is 0, negative or infinite.</exception>
    DepthMap ReadDepth(int label, Camera camera = Camera.Left);
}
