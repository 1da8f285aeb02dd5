using StereoSpike.Ingest;

namespace StereoSpike.Hardware;

/// <summary>What went through a pipeline and how long it took.</summary>
public sealed class PipelineCounters
{
    private double _waitedSeconds;

    internal PipelineCounters()
    {
    }

    /// <summary>Frames answered.</summary>
    public long Frames { get; private set; }

    /// <summary>The left camera's events: read, and dropped because rectification moved them off the sensor. Overlapping windows count an event each time.</summary>
    public EventTally Left { get; private set; }

    /// <summary>The right camera's events.</summary>
    public EventTally Right { get; private set; }

    /// <summary>Reading windows and truths.</summary>
    public StageTimes Read { get; } = new();

    /// <summary>Encoding.</summary>
    public StageTimes Encode { get; } = new();

    /// <summary>The network.</summary>
    public StageTimes Engine { get; } = new();

    /// <summary>From potentials to depth.</summary>
    public StageTimes Readout { get; } = new();

    /// <summary>All four together: the work on a frame, without waiting.</summary>
    public StageTimes Frame { get; } = new();

    /// <summary>Events of both cameras a second, over the time the caller waited for frames; what the caller does with a frame does not count.</summary>
    public double EventsPerSecond => (Left.Read + Right.Read) / _waitedSeconds;

    internal void Add(DepthFrame frame, double waitedSeconds)
    {
        Frames++;
        (Left, Right) = (frame.LeftTally, frame.RightTally);
        Read.Add(frame.ReadMs);
        Encode.Add(frame.EncodeMs);
        Engine.Add(frame.EngineMs);
        Readout.Add(frame.ReadoutMs);
        Frame.Add(frame.TotalMs);
        _waitedSeconds += waitedSeconds;
    }
}
