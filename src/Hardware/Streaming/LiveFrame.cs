namespace StereoSpike.Hardware;

/// <summary>The answer to one window of a live stream, with what it was made from.</summary>
/// <remarks>It is filled again: what it holds, but for <see cref="Depth"/>, stands until the next frame is asked for.</remarks>
public sealed class LiveFrame
{
    internal LiveFrame(SensorSize sensor)
    {
        Supported = new byte[sensor.Pixels];
        Counts = null!;   // set, like the depth, before anyone but the pipeline sees the frame
        Depth = null!;
    }

    /// <summary>Which answer of the run it is, 0-based.</summary>
    public long Index { get; internal set; }

    /// <summary>The window, µs of the stream.</summary>
    public TimeWindow Window { get; internal set; }

    /// <summary>The instant of the depth, µs of the stream: the window's end.</summary>
    public long TimeUs => Window.EndUs;

    /// <summary>The window's events, rectified and counted; shape [4,H,W]: L ON, L OFF, R ON, R OFF.</summary>
    public SpikeFrame Counts { get; internal set; }

    /// <summary>Left events of the window.</summary>
    public long LeftCount { get; internal set; }

    /// <summary>Right events of the window.</summary>
    public long RightCount { get; internal set; }

    /// <summary>What the network says, shape [H,W], metres, every pixel known; the receiver's to keep.</summary>
    public DepthMap Depth { get; internal set; }

    /// <summary>1 where events support the depth, 0 where it is what the network takes for usual (see <see cref="EventSupport"/>); shape [H,W].</summary>
    public byte[] Supported { get; }

    /// <summary>From the arrival of what completed the window to the finished depth, ms.</summary>
    public double LatencyMs { get; internal set; }

    /// <summary>Encoding, running and reading out, ms.</summary>
    public double WorkMs { get; internal set; }

    /// <summary>Share of each firing layer's neurons that fired at this window, 0..1, in the network's order.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> FiringRates { get; internal set; } = [];

    /// <summary>Firing rate of the network at this window, 0..1: the layers' rates weighted by their neurons.</summary>
    public double MeanFiringRate { get; internal set; } = double.NaN;

    /// <summary>The depth where events support it, NaN elsewhere; the receiver's to keep.</summary>
    public DepthMap SupportedDepth()
    {
        var metres = new float[Supported.Length];
        for (int i = 0; i < metres.Length; i++)
        {
            metres[i] = Supported[i] != 0 ? Depth.Metres[i] : float.NaN;
        }

        return new DepthMap(Depth.Sensor, metres);
    }
}
