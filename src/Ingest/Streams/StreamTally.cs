namespace StereoSpike.Ingest;

/// <summary>What became of a live stream's events. Each is in exactly one place:</summary>
/// <param name="In">Events that came in.</param>
/// <param name="Used">Those that were in at least one window that was answered.</param>
/// <param name="Skipped">Those of which no window was answered: windows were left out to stay live, or the run ended.</param>
/// <param name="OffSensor">Those that lay off the sensor, or that rectification moved off it.</param>
/// <param name="Late">Those that came when the windows of their time had been closed.</param>
/// <param name="Waiting">Those that are still on their way.</param>
/// <remarks><code>In = Used + Skipped + OffSensor + Late + Waiting</code></remarks>
public readonly record struct StreamTally(long In, long Used, long Skipped, long OffSensor, long Late, long Waiting)
{
    /// <summary>Events that were dropped: skipped or off the sensor.</summary>
    public long Dropped => Skipped + OffSensor;

    /// <summary>Whether every event is accounted for. False is a fault of the program.</summary>
    public bool Balances => In == Used + Dropped + Late + Waiting;
}
