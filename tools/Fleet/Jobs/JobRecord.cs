namespace StereoSpike.Fleet;

/// <summary>What the board says of a job.</summary>
public sealed record JobRecord
{
    /// <summary>How things stand.</summary>
    public required JobState State { get; init; }

    /// <summary>The verb.</summary>
    public required string Verb { get; init; }

    /// <summary>The recording's name, and the range where it is a part.</summary>
    public required string Name { get; init; }

    /// <summary>Which share of a recording it is, 0..1.</summary>
    public double Share { get; init; }

    /// <summary>Frames of the range, or of the recording; 0 where not counted.</summary>
    public int Frames { get; init; }

    /// <summary>How often a worker began it and did not give it back. One that ends a worker counts too.</summary>
    public int Attempts { get; init; }

    /// <summary>Who has it, or had it last.</summary>
    public string? Worker { get; init; }

    /// <summary>Why it failed last.</summary>
    public string? Error { get; init; }

    /// <summary>When it was begun last.</summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>When it was done.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Whether no worker will touch it again unless it is submitted anew.</summary>
    public bool IsOver => State is JobState.Done or JobState.Failed or JobState.Cancelled;

    /// <summary>The record of a job that is new.</summary>
    public static JobRecord Of(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new JobRecord
        {
            State = job.Step == JobStep.Join ? JobState.Waiting : JobState.Queued,
            Verb = job.Verb,
            Name = job.Step switch { JobStep.Whole => job.Name, JobStep.Part => $"{job.Name} {job.PartName}", _ => $"{job.Name} joined" },
            Share = job.Share,
            Frames = job.Step switch { JobStep.Whole => job.Frames, JobStep.Part => job.Last - job.First + 1, _ => 0 },
        };
    }
}
