namespace StereoSpike.Fleet;

/// <summary>How a worker works.</summary>
public sealed record WorkerSettings
{
    /// <summary>Its name: letters, digits, - and _; one of its own among all workers.</summary>
    public string Name { get; init; } = DefaultName();

    /// <summary>How often a job may be begun, by whomever, before it is set aside.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 1000.</exception>
    public int Tries { get; init => field = Guard.Within(value, 1, 1000); } = 5;

    /// <summary>Whether it ends when the queue is empty, rather than wait for more.</summary>
    public bool UntilEmpty { get; init; }

    /// <summary>How long a job that failed lies before it is tried again, times its attempts.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    private static string DefaultName() =>
        string.Concat(Environment.MachineName.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-' ? letter : '_')) + "-" + Environment.ProcessId;
}
