using StereoSpike.Ingest;

namespace StereoSpike.Hardware;

/// <summary>The pipeline's answer to one window, with what it was made from.</summary>
/// <remarks>The pipeline fills it again: what it holds, but for <see cref="Depth"/> and <see cref="Truth"/>, stands until the next frame is asked for.</remarks>
public sealed class DepthFrame
{
    internal DepthFrame(int channels, SensorSize sensor)
    {
        Input = new SpikeFrame(channels, sensor);
        LeftEvents = new SpikeFrame(2, sensor);
        TruthEventCounts = new float[sensor.Pixels];
        Depth = null!;   // set before anyone but the pipeline sees the frame
    }

    /// <summary>Which of the requests it answers, 0-based.</summary>
    public int Index { get; internal set; }

    /// <summary>What was asked.</summary>
    public FrameRequest Request { get; internal set; }

    /// <summary>The instant of the depth, µs since the recording's origin: the window's end.</summary>
    public long TimeUs => Request.Window.EndUs;

    /// <summary>The network's input, shape [C,H,W].</summary>
    public SpikeFrame Input { get; }

    /// <summary>The left camera's events of the window, counted; shape [2,H,W]: ON, OFF.</summary>
    public SpikeFrame LeftEvents { get; }

    /// <summary>Left events of the window, after rectification.</summary>
    public int LeftCount { get; internal set; }

    /// <summary>Right events of the window, after rectification.</summary>
    public int RightCount { get; internal set; }

    /// <summary>What the network says, shape [H,W], metres; the receiver's to keep.</summary>
    public DepthMap Depth { get; internal set; }

    /// <summary>The depth measured at the window's end, shape [H,W], metres; null where none was asked for. The receiver's to keep.</summary>
    public DepthMap? Truth { get; internal set; }

    /// <summary>Left events at each pixel in the truth's own window, shape [H,W]; valid where <see cref="Truth"/> is not null.</summary>
    public float[] TruthEventCounts { get; }

    /// <summary>Reading the window and, where asked for, its truth, ms.</summary>
    public double ReadMs { get; internal set; }

    /// <summary>Encoding it, ms.</summary>
    public double EncodeMs { get; internal set; }

    /// <summary>Running the network, ms.</summary>
    public double EngineMs { get; internal set; }

    /// <summary>Turning potentials into depth, ms.</summary>
    public double ReadoutMs { get; internal set; }

    /// <summary>All work on the frame, ms: the four stages, without waiting for one another.</summary>
    public double TotalMs => ReadMs + EncodeMs + EngineMs + ReadoutMs;

    /// <summary>The frame as it stands, for who needs it after the next one is asked for.</summary>
    internal DepthFrame Copy()
    {
        var copy = new DepthFrame(Input.Channels, Input.Sensor)
        {
            Index = Index,
            Request = Request,
            LeftCount = LeftCount,
            RightCount = RightCount,
            Depth = Depth,
            Truth = Truth,
            ReadMs = ReadMs,
            EncodeMs = EncodeMs,
            EngineMs = EngineMs,
            ReadoutMs = ReadoutMs,
            LeftTally = LeftTally,
            RightTally = RightTally,
        };
        Input.Values.CopyTo(copy.Input.Values, 0);
        LeftEvents.Values.CopyTo(copy.LeftEvents.Values, 0);
        TruthEventCounts.CopyTo(copy.TruthEventCounts, 0);
        return copy;
    }

    internal EventTally LeftTally { get; set; }

    internal EventTally RightTally { get; set; }
}
