namespace StereoSpike.Ingest;

/// <summary>Takes what a simulation makes, in time order. Calls come from one thread, one after another.</summary>
public interface ISimulationSink
{
    /// <summary>Takes the next events of one camera; none of them comes before one taken earlier.</summary>
    /// <param name="camera">Whose they are.</param>
    /// <param name="events">Events in time order, the camera's own pixels, µs since the recording's origin; at least one.</param>
    /// <param name="disparitiesPx">For each event the true disparity of what made it, in rectified px of its camera; NaN for noise.</param>
    /// <remarks>The spans are the simulator's buffers: copy what is to be kept.</remarks>
    void TakeEvents(Camera camera, ReadOnlySpan<DvsEvent> events, ReadOnlySpan<float> disparitiesPx);

    /// <summary>Takes a label, after all its camera's events before it and (but for a right clock that is ahead) before all later ones.</summary>
    /// <param name="camera">Whose view.</param>
    /// <param name="timeUs">The label's instant, µs since the recording's origin.</param>
    /// <param name="depth">What <see cref="SimulationSettings.Truth"/> says, in rectified pixels, metres, NaN where unknown; the receiver's to keep.</param>
    void TakeDepth(Camera camera, long timeUs, DepthMap depth);

    /// <summary>All has been handed over.</summary>
    void Complete();
}
