namespace StereoSpike.Fleet;

/// <summary>What became of jobs that were submitted.</summary>
/// <param name="Queued">Those put into the queue.</param>
/// <param name="Present">Those that were in it already or are being worked on.</param>
/// <param name="Done">Those whose results were there.</param>
public sealed record Submission(int Queued, int Present, int Done)
{
    /// <summary>Puts work on recordings into a queue, cut into ranges; what is done or queued already is not done again.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="board">Its board.</param>
    /// <param name="folder">Where results are.</param>
    /// <param name="jobs">One a recording.</param>
    /// <param name="cancellation">Stops between two jobs; submitting again goes on.</param>
    /// <exception cref="QueueUnreachableException">The queue does not answer; submitting again goes on.</exception>
    public static async Task<Submission> MakeAsync(IJobs queue, IJobBoard board, SharedFolder folder, IEnumerable<Job> jobs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(board);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(jobs);
        var counts = new Submission(0, 0, 0);
        foreach (Job job in jobs)
        {
            Job[] parts = [.. job.Parts()];
            if (parts.Length > 1)
            {
                await RecordAsync(board, folder, job.Joining(), cancellation).ConfigureAwait(false);
            }

            foreach (Job part in parts.Length > 1 && folder.IsReadyToJoin(job) ? [.. parts, job.Joining()] : parts)
            {
                counts = await OfferAsync(queue, board, folder, part, counts, cancellation).ConfigureAwait(false);
            }
        }

        return counts;
    }

    private static async Task<Submission> OfferAsync(IJobs queue, IJobBoard board, SharedFolder folder, Job job, Submission counts, CancellationToken cancellation)
    {
        if ((await RecordAsync(board, folder, job, cancellation).ConfigureAwait(false)).State == JobState.Done)
        {
            return counts with { Done = counts.Done + 1 };
        }

        return await queue.OfferAsync(job, cancellation).ConfigureAwait(false) ? counts with { Queued = counts.Queued + 1 } : counts with { Present = counts.Present + 1 };
    }

    /// <summary>The record comes before the job, so that no worker can be faster. What failed, was cancelled, or whose result was removed begins anew.</summary>
    private static Task<JobRecord> RecordAsync(IJobBoard board, SharedFolder folder, Job job, CancellationToken cancellation)
    {
        bool stored = folder.HasResult(job);
        return board.ChangeAsync(
            job.Key,
            old => stored ? old is { State: JobState.Done } ? old : JobRecord.Of(job) with { State = JobState.Done }
                : old is null or { IsOver: true } ? JobRecord.Of(job) : old,
            cancellation);
    }
}
