namespace StereoSpike;

/// <summary>One labelled instant: what the cameras sent before it, and how far away everything was.</summary>
public sealed record StereoSample
{
    /// <summary>Makes a sample.</summary>
    /// <param name="timeUs">The label's time, µs since the recording's origin.</param>
    /// <param name="frame">The encoded window that ends there.</param>
    /// <param name="truth">Depth at that instant, in the left camera's rectified pixels.</param>
    /// <exception cref="ArgumentException">Frame and truth differ in size.</exception>
    public StereoSample(long timeUs, SpikeFrame frame, DepthMap truth)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(truth);
        if (frame.Sensor != truth.Sensor)
        {
            throw new ArgumentException($"The frame is {frame.Sensor} and its truth {truth.Sensor} px; a sample needs both from one sensor.");
        }

        TimeUs = timeUs;
        Frame = frame;
        Truth = truth;
    }

    /// <summary>The label's time, µs since the recording's origin.</summary>
    public long TimeUs { get; }

    /// <summary>The encoded window that ends at the label, shape [C,H,W].</summary>
    public SpikeFrame Frame { get; }

    /// <summary>Depth at the label, shape [H,W], metres, NaN where unknown.</summary>
    public DepthMap Truth { get; }

    /// <summary>Left events of the window at each pixel, shape [H,W]: the weights of metrics and losses that look where events are.</summary>
    public required float[] LeftEventCounts { get; init; }
}
