namespace StereoSpike.Fleet;

/// <summary>How things stand with a job.</summary>
public enum JobState
{
    /// <summary>It waits for other jobs: ranges to be joined.</summary>
    Waiting,

    /// <summary>It lies in the queue.</summary>
    Queued,

    /// <summary>A worker has it, or had it and died.</summary>
    Running,

    /// <summary>Its result is stored.</summary>
    Done,

    /// <summary>It failed as often as is allowed and was set aside with its error.</summary>
    Failed,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled,
}
