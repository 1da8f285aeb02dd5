namespace StereoSpike.Ingest;

/// <summary>What became of the events of a file: every one is either kept or stands under the reason it was dropped for.</summary>
/// <param name="Read">Events that the file holds.</param>
/// <param name="OffSensor">Events dropped because they lie off the sensor.</param>
/// <param name="UnknownDisparities">Kept events whose disparity is 0, negative or not a number.</param>
/// <param name="LooksOneBased">Whether coordinates reach the sensor's width or height but never 0, read as counted from 0: they probably count from 1.</param>
public readonly record struct EventTextCounts(long Read, long OffSensor, long UnknownDisparities, bool LooksOneBased)
{
    /// <summary>Events kept.</summary>
    public long Kept => Read - OffSensor;

    /// <summary>Events dropped by reason, in words with underscores; without the reasons that dropped none.</summary>
    public IReadOnlyDictionary<string, long> Dropped =>
        OffSensor > 0 ? new Dictionary<string, long> { ["off_sensor"] = OffSensor } : new Dictionary<string, long>();

    /// <summary>The counts of two files together.</summary>
    public static EventTextCounts operator +(EventTextCounts a, EventTextCounts b) => Add(a, b);

    /// <summary>The counts of two files together.</summary>
    public static EventTextCounts Add(EventTextCounts a, EventTextCounts b) =>
        new(a.Read + b.Read, a.OffSensor + b.OffSensor, a.UnknownDisparities + b.UnknownDisparities, a.LooksOneBased || b.LooksOneBased);
}
