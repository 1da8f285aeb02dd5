namespace StereoSpike.Ingest;

/// <summary>What the depth maps of a simulated recording hold.</summary>
public enum SimulatedTruth
{
    /// <summary>The depth at the middle of every pixel at the label's instant.</summary>
    Dense,

    /// <summary>The same on a part of the pixels, as a scanning range finder returns it.</summary>
    Lidar,

    /// <summary>At each pixel that fired in the label period before the label, the depth of what made its newest event.</summary>
    PerEvent,
}
