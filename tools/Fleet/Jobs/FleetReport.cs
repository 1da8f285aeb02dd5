namespace StereoSpike.Fleet;

/// <summary>How a fleet stands.</summary>
/// <param name="Jobs">How many jobs are in each state.</param>
/// <param name="Recordings">Recordings in all.</param>
/// <param name="RecordingsDone">Recordings done, shares of running ones included.</param>
/// <param name="FramesDone">Frames done.</param>
/// <param name="RecordingsPerHour">How fast, over the last ten minutes; NaN before the first is done.</param>
/// <param name="FramesPerSecond">The same in frames.</param>
/// <param name="SecondsLeft">At that rate; NaN where unknown, 0 where nothing is left.</param>
/// <param name="Refused">Messages that were no jobs.</param>
/// <param name="Workers">Those that spoke within the last hour and did not say goodbye.</param>
/// <param name="SetAside">Jobs that failed.</param>
public sealed record FleetReport(
    IReadOnlyDictionary<JobState, int> Jobs, double Recordings, double RecordingsDone, long FramesDone, double RecordingsPerHour, double FramesPerSecond, double SecondsLeft, long Refused,
    IReadOnlyList<WorkerRecord> Workers, IReadOnlyList<JobRecord> SetAside)
{
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(10);

    /// <summary>Looks at a board.</summary>
    /// <param name="board">The board.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="QueueUnreachableException">The board does not answer.</exception>
    public static async Task<FleetReport> OfAsync(IJobBoard board, DateTimeOffset now, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(board);
        JobRecord[] records = [.. (await board.RecordsAsync(cancellation).ConfigureAwait(false)).Values];
        IReadOnlyList<WorkerRecord> workers = await board.WorkersAsync(cancellation).ConfigureAwait(false);
        JobRecord[] counted = [.. records.Where(record => record.State != JobState.Cancelled)];
        JobRecord[] done = [.. counted.Where(record => record.State == JobState.Done)];
        double all = counted.Sum(record => record.Share);
        double underWay = workers.Sum(worker => worker.Share * worker.Progress), finished = done.Sum(record => record.Share) + underWay;
        (double recordings, double frames) = Rates(done, now);
        double left = Math.Max(0, counted.Where(record => !record.IsOver).Sum(record => record.Share) - underWay);
        return new FleetReport(
            Enum.GetValues<JobState>().ToDictionary(state => state, state => records.Count(record => record.State == state)),
            all, Math.Min(finished, all), done.Sum(record => (long)record.Frames), recordings * 3600, frames, left == 0 ? 0 : left / recordings,
            await board.RefusedAsync(cancellation).ConfigureAwait(false),
            [.. workers.OrderBy(worker => worker.Name, StringComparer.Ordinal)],
            [.. records.Where(record => record.State == JobState.Failed).OrderBy(record => record.Name, StringComparer.Ordinal)]);
    }

    /// <summary>Recordings and frames a second, over the jobs that ended lately, from the earliest one's beginning to now.</summary>
    private static (double Recordings, double Frames) Rates(JobRecord[] done, DateTimeOffset now)
    {
        JobRecord[] recent = [.. done.Where(record => record.Began is not null && record.Ended > now - Recently)];
        if (recent.Length == 0)
        {
            return (double.NaN, double.NaN);
        }

        DateTimeOffset since = recent.Min(record => record.Began!.Value), until = recent.Max(record => record.Ended!.Value);
        double seconds = Math.Max((until - since).TotalSeconds, 1e-3);
        return (recent.Sum(record => record.Share) / seconds, recent.Sum(record => record.Frames) / seconds);
    }
}
