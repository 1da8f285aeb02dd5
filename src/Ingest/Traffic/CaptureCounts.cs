namespace StereoSpike.Ingest;

/// <summary>What became of a capture's packets.</summary>
public sealed class CaptureCounts
{
    /// <summary>Packets in the file.</summary>
    public long Packets { get; internal set; }

    /// <summary>Those whose headers were read.</summary>
    public long Read { get; internal set; }

    /// <summary>Those that are not IP, such as ARP.</summary>
    public long NotIp { get; internal set; }

    /// <summary>Those whose headers are cut off or contradict themselves.</summary>
    public long Malformed { get; internal set; }
}
