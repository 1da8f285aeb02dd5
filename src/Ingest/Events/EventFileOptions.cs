namespace StereoSpike.Ingest;

/// <summary>What an event file does not say of itself.</summary>
public sealed record EventFileOptions
{
    /// <summary>The format; null to tell it from the file.</summary>
    public EventFormat? Format { get; init; }

    /// <summary>The camera's size; null for what the file says, or else the smallest that holds its events (a file is then read twice; a pipe gets what the format can address).</summary>
    public SensorSize? Sensor { get; init; }
}
