namespace StereoSpike.Ingest;

/// <summary>Events of a file that were not handed out, counted by reason.</summary>
internal sealed class EventLosses
{
    /// <summary>Their pixel lies off the sensor.</summary>
    public long OffSensor { get; set; }

    /// <summary>They come before the first word that tells the time.</summary>
    public long BeforeFirstTime { get; set; }

    /// <summary>By the names that reports use; reasons that never occurred are left out.</summary>
    public IReadOnlyDictionary<string, long> ByReason => new (string Reason, long Count)[] { ("off_sensor", OffSensor), ("before_first_time", BeforeFirstTime) }
        .Where(loss => loss.Count > 0).ToDictionary(loss => loss.Reason, loss => loss.Count);
}
