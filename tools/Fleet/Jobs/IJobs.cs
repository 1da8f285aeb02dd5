namespace StereoSpike.Fleet;

/// <summary>Jobs that wait for workers: each is handed out until one acknowledges it.</summary>
public interface IJobs
{
    /// <summary>How long a job that was handed out may be silent before it is handed out again.</summary>
    TimeSpan Patience { get; }

    /// <summary>Puts a job into the queue, unless it lies there or is being worked on already.</summary>
    /// <returns>Whether it was put there.</returns>
    /// <exception cref="QueueUnreachableException">The queue does not answer.</exception>
    Task<bool> OfferAsync(Job job, CancellationToken cancellation = default);

    /// <summary>Takes the next message.</summary>
    /// <returns>The message; null where none came for a while.</returns>
    /// <exception cref="QueueUnreachableException">The queue does not answer.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task<IJobDelivery?> NextAsync(CancellationToken cancellation = default);

    /// <summary>How many jobs lie in it or are being worked on.</summary>
    /// <exception cref="QueueUnreachableException">The queue does not answer.</exception>
    Task<long> CountAsync(CancellationToken cancellation = default);

    /// <summary>Takes all jobs out, also those that are being worked on.</summary>
    /// <exception cref="QueueUnreachableException">The queue does not answer.</exception>
    Task ClearAsync(CancellationToken cancellation = default);
}
