namespace StereoSpike.Fleet;

/// <summary>What a worker says of itself, every few seconds.</summary>
public sealed record WorkerRecord
{
    /// <summary>Its name: machine and process.</summary>
    public required string Name { get; init; }

    /// <summary>The job it is at; null where it waits.</summary>
    public string? Job { get; init; }

    /// <summary>How far that is, 0..1.</summary>
    public double Progress { get; init; }

    /// <summary>The share of a recording that the job is.</summary>
    public double Share { get; init; }

    /// <summary>Jobs whose results it stored.</summary>
    public int Finished { get; init; }

    /// <summary>Attempts that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Messages that were no jobs.</summary>
    public int Refused { get; init; }

    /// <summary>When it said so.</summary>
    public DateTimeOffset At { get; init; }
}
