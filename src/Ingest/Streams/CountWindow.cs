namespace StereoSpike.Ingest;

/// <summary>A window of a live stream, counted. Whoever gets it says <see cref="Answered"/> or <see cref="Skip"/>, once, and lets go of it: it is filled again.</summary>
public sealed class CountWindow
{
    private readonly StreamWindows _owner;

    internal CountWindow(StreamWindows owner, SensorSize sensor)
    {
        _owner = owner;
        Counts = new SpikeFrame(4, sensor);
    }

    /// <summary>The window, µs of the stream.</summary>
    public TimeWindow Window { get; internal set; }

    /// <summary>Events at each pixel, rectified; shape [4,H,W]: L ON, L OFF, R ON, R OFF.</summary>
    public SpikeFrame Counts { get; }

    /// <summary>Left events in it.</summary>
    public long LeftCount { get; internal set; }

    /// <summary>Right events in it.</summary>
    public long RightCount { get; internal set; }

    /// <summary>When what completed it came in, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</summary>
    public long CompletedAt { get; internal set; }

    internal List<CountSlice> Slices { get; } = [];

    /// <summary>Its events were of use.</summary>
    public void Answered() => _owner.Resolve(this, answered: true);

    /// <summary>It is left out.</summary>
    public void Skip() => _owner.Resolve(this, answered: false);
}
