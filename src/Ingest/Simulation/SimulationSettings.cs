namespace StereoSpike.Ingest;

/// <summary>How a scene is turned into events and labels.</summary>
public sealed record SimulationSettings
{
    /// <summary>Seed of the cameras: thresholds, noise, levels at the start.</summary>
    public ulong Seed { get; init; }

    /// <summary>The left camera.</summary>
    public EventCameraModel Left { get; init; } = new();

    /// <summary>The right camera.</summary>
    public EventCameraModel Right { get; init; } = new();

    /// <summary>Time between two labels, µs, at least 1000; the first comes that long after the start.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1000.</exception>
    public long LabelPeriodUs { get; init => field = Guard.AtLeast(value, 1000L); } = 50_000;

    /// <summary>What the labels hold.</summary>
    public SimulatedTruth Truth { get; init; } = SimulatedTruth.Dense;

    /// <summary>How far the fastest part of a picture may move between two renderings, px, 0.05 to 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public double MaximumMotionPx { get; init => field = Guard.Within(value, 0.05, 4.0); } = 1;

    /// <summary>Longest time between two renderings, µs, 100 to 50000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public long MaximumStepUs { get; init => field = Guard.Within(value, 100L, 50_000L); } = 10_000;

    /// <summary>Width of the ramp that optics and pixels make of a sharp outline, px, 1 (the pixel alone) to 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public float OpticalBlurPx { get; init => field = Guard.Within(value, 1f, 4f); } = 1.2f;

    /// <summary>How much later than the left camera's clock the right one's runs, µs, −1 s to 1 s: added to its timestamps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public long RightClockLagUs { get; init => field = Guard.Within(value, -1_000_000L, 1_000_000L); }

    /// <summary>How many rows lower than rectified the right camera sees everything, −10 to 10 px.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public float RightRowOffsetPx { get; init => field = Guard.Within(value, -10f, 10f); }

    /// <summary>For <see cref="SimulatedTruth.Lidar"/>: every which row is scanned, 1 to 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public int LidarRowPitch { get; init => field = Guard.Within(value, 1, 64); } = 3;

    /// <summary>For <see cref="SimulatedTruth.Lidar"/>: share of the scanned pixels that return nothing, 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public double LidarLoss { get; init => field = Guard.Within(value, 0.0, 1.0); } = 0.2;

    /// <summary>Whether each camera has a thread of its own. The events do not depend on it.</summary>
    public bool TwoThreads { get; init; }

    /// <summary>One camera's pixels.</summary>
    public EventCameraModel Model(Camera camera) => camera == Camera.Left ? Left : Right;
}
