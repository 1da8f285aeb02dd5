namespace StereoSpike.Fleet;

/// <summary>Where everyone can see how things stand: a record for each job, and word from each worker.</summary>
public interface IJobBoard
{
    /// <summary>Changes a job's record, as one step: nobody else's change is lost.</summary>
    /// <param name="key">The job's key.</param>
    /// <param name="change">From what stands there, null where nothing does, to what is to stand there; the same object where nothing is to change. May be called again.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What stands there now.</returns>
    /// <exception cref="QueueUnreachableException">The board does not answer.</exception>
    Task<JobRecord> ChangeAsync(string key, Func<JobRecord?, JobRecord> change, CancellationToken cancellation = default);

    /// <summary>All records by key.</summary>
    /// <exception cref="QueueUnreachableException">The board does not answer.</exception>
    Task<IReadOnlyDictionary<string, JobRecord>> RecordsAsync(CancellationToken cancellation = default);

    /// <summary>A worker's word.</summary>
    /// <exception cref="QueueUnreachableException">The board does not answer.</exception>
    Task TellAsync(WorkerRecord worker, CancellationToken cancellation = default);

    /// <summary>Takes a worker off: it has gone.</summary>
    /// <exception cref="QueueUnreachableException">The board does not answer.</exception>
    Task ForgetAsync(string worker, CancellationToken cancellation = default);

    /// <summary>The last word of each worker that did not say goodbye; of the last hour.</summary>
    /// <exception cref="QueueUnreachableException">The board does not answer.</exception>
    Task<IReadOnlyList<WorkerRecord>> WorkersAsync(CancellationToken cancellation = default);

    /// <summary>Counts a message that was no job.</summary>
    /// <param name="why">What was wrong with it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="QueueUnreachableException">The board does not answer.</exception>
    Task RefuseAsync(string why, CancellationToken cancellation = default);

    /// <summary>How many messages were no jobs.</summary>
    /// <exception cref="QueueUnreachableException">The board does not answer.</exception>
    Task<long> RefusedAsync(CancellationToken cancellation = default);
}
