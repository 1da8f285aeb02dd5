using StereoSpike.Files;

namespace StereoSpike.Fleet;

/// <summary>Takes jobs from a queue, one at a time, and stores their results.</summary>
/// <remarks>
/// <code>
/// take ─▶ result there? ─▶ begin ─▶ make it aside ─▶ rename ─▶ record: done ─▶ acknowledge
///            └ yes ─────────────────────────────────────────────▲
/// </code>
/// Whatever ends on the way, the job is handed out again and nothing is done twice: the next worker finds the result, or makes it. An attempt is counted when it begins, so that a job which ends
/// its workers is set aside too.
/// </remarks>
/// <param name="queue">Where jobs come from.</param>
/// <param name="board">Where it says how things stand.</param>
/// <param name="folder">Where recordings are and results belong.</param>
/// <param name="runner">Runs a verb.</param>
/// <param name="settings">How.</param>
/// <param name="log">Told in a line what happens; may be null.</param>
public sealed class Worker(IJobs queue, IJobBoard board, SharedFolder folder, IJobRunner runner, WorkerSettings settings, Action<string>? log = null)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);
    private WorkerRecord _self = new() { Name = settings.Name };

    /// <summary>What it did so far.</summary>
    public WorkerRecord Tally => _self;

    /// <summary>Works until it is cancelled, which gives back the job it is at, or the queue is empty and it is to end then.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        bool reached = true;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                IJobDelivery? delivery = await queue.NextAsync(cancellation).ConfigureAwait(false);
                reached = reached || Say("The queue answers again.");
                await TellAsync().ConfigureAwait(false);
                if (delivery is not null)
                {
                    await TakeAsync(delivery, cancellation).ConfigureAwait(false);
                }
                else if (settings.UntilEmpty && await queue.CountAsync(cancellation).ConfigureAwait(false) == 0)
                {
                    break;
                }
            }
            catch (QueueUnreachableException trouble)
            {
                reached = reached && !Say($"{trouble.Message} Trying again until it answers.");
                await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }
        }

        await GoAsync().ConfigureAwait(false);
    }

    private async Task TakeAsync(IJobDelivery delivery, CancellationToken cancellation)
    {
        if (Job.Read(delivery.Body.Span, out Job job) is { } wrong)
        {
            _self = _self with { Refused = _self.Refused + 1 };
            Say($"Refused a message that {wrong}.");
            await board.RefuseAsync(wrong, CancellationToken.None).ConfigureAwait(false);
            await delivery.AcknowledgeAsync().ConfigureAwait(false);
            return;
        }

        try
        {
            if (folder.HasResult(job) || await TryAsync(job, delivery, cancellation).ConfigureAwait(false))
            {
                await FinishAsync(job, delivery).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is not QueueUnreachableException)
        {
            await FailAsync(job, delivery, failure).ConfigureAwait(false);
        }
    }

    /// <summary>Begins a job and makes its result.</summary>
    /// <returns>Whether the result is stored; else the job has been seen to.</returns>
    private async Task<bool> TryAsync(Job job, IJobDelivery delivery, CancellationToken cancellation)
    {
        JobRecord record = await board.ChangeAsync(job.Key, old => Begin(old ?? JobRecord.Of(job)), CancellationToken.None).ConfigureAwait(false);
        if (record.State != JobState.Running)
        {
            await delivery.AcknowledgeAsync().ConfigureAwait(false);   // cancelled, or set aside just now
            return false;
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var beat = new Heartbeat(this, job, delivery, stopping);
        try
        {
            await folder.StoreAsync(job, settings.Name, place => runner.RunAsync(job, place, beat, stopping.Token)).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await board.ChangeAsync(job.Key, old => old! with { State = JobState.Queued, Attempts = old.Attempts - 1 }, CancellationToken.None).ConfigureAwait(false);
            await delivery.GiveBackAsync(TimeSpan.Zero).ConfigureAwait(false);
            Say($"Gave {record.Name} back.");
            return false;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await delivery.AcknowledgeAsync().ConfigureAwait(false);   // the job itself was cancelled
            return false;
        }
        finally
        {
            await beat.StopAsync().ConfigureAwait(false);
            _self = _self with { Job = null, Progress = 0, Share = 0 };
        }

        JobRecord Begin(JobRecord old) =>
            old.IsOver ? old
            : old.Attempts < settings.Tries ? old with { State = JobState.Running, Attempts = old.Attempts + 1, Worker = settings.Name, Began = DateTimeOffset.UtcNow }
            : old with { State = JobState.Failed, Error = old.Error ?? $"It was begun {old.Attempts} times and every worker ended with it." };
    }

    private async Task FinishAsync(Job job, IJobDelivery delivery)
    {
        if (job.Step == JobStep.Part && folder.IsReadyToJoin(job))
        {
            Job joining = job.Joining();
            await board.ChangeAsync(joining.Key, old => old is { State: not JobState.Waiting } ? old : JobRecord.Of(joining) with { State = JobState.Queued }, CancellationToken.None).ConfigureAwait(false);
            await queue.OfferAsync(joining, CancellationToken.None).ConfigureAwait(false);
        }

        folder.Tidy(job);
        JobRecord record = await board.ChangeAsync(job.Key, Done, CancellationToken.None).ConfigureAwait(false);
        await delivery.AcknowledgeAsync().ConfigureAwait(false);
        _self = _self with { Finished = _self.Finished + 1 };
        Say($"Done: {record.Verb} {record.Name}.");

        JobRecord Done(JobRecord? old) => old is { State: JobState.Done } ? old : (old ?? JobRecord.Of(job)) with { State = JobState.Done, Error = null, Ended = DateTimeOffset.UtcNow };
    }

    private async Task FailAsync(Job job, IJobDelivery delivery, Exception failure)
    {
        if (folder.HasResult(job))
        {
            await FinishAsync(job, delivery).ConfigureAwait(false);   // another worker stored it meanwhile, and tidied up
            return;
        }

        _self = _self with { Failed = _self.Failed + 1 };
        string error = failure.Message.ReplaceLineEndings(" ");
        JobRecord record = await board.ChangeAsync(job.Key, old => old! with { State = old.Attempts >= settings.Tries ? JobState.Failed : JobState.Queued, Error = error }, CancellationToken.None).ConfigureAwait(false);
        if (record.State == JobState.Failed)
        {
            await delivery.AcknowledgeAsync().ConfigureAwait(false);
            Say($"Set aside after {record.Attempts} attempts: {record.Verb} {record.Name}: {error}");
        }
        else
        {
            await delivery.GiveBackAsync(settings.RetryAfter * record.Attempts).ConfigureAwait(false);
            Say($"Attempt {record.Attempts} failed: {record.Verb} {record.Name}: {error}");
        }
    }

    private Task TellAsync() => board.TellAsync(_self with { At = DateTimeOffset.UtcNow }, CancellationToken.None);

    private async Task GoAsync()
    {
        try
        {
            await board.ForgetAsync(settings.Name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (QueueUnreachableException)
        {
            // the board forgets silent workers by itself
        }
    }

    private bool Say(string line)
    {
        log?.Invoke(line);
        return true;
    }

    /// <summary>While a job runs: extends it, tells how far it is, and hears whether it was cancelled.</summary>
    private sealed class Heartbeat : IWorkProgress, IDisposable
    {
        private readonly Worker _worker;
        private readonly Job _job;
        private readonly CancellationTokenSource _ending = new();
        private readonly Task _beating;

        public Heartbeat(Worker worker, Job job, IJobDelivery delivery, CancellationTokenSource stopping)
        {
            (_worker, _job) = (worker, job);
            worker._self = worker._self with { Job = job.Key, Share = job.Share, Progress = 0 };
            _beating = Task.Run(() => BeatAsync(delivery, stopping));
        }

        public void Report(long done, long total, string? note = null) =>
            _worker._self = _worker._self with { Progress = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0 };

        public async Task StopAsync()
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            await _beating.ConfigureAwait(false);
        }

        public void Dispose() => _ending.Dispose();

        private async Task BeatAsync(IJobDelivery delivery, CancellationTokenSource stopping)
        {
            TimeSpan often = TimeSpan.FromTicks(Math.Min(_worker.Patience.Ticks / 3, TimeSpan.FromSeconds(5).Ticks));
            while (!_ending.IsCancellationRequested)
            {
                try
                {
                    await _worker.TellAsync().ConfigureAwait(false);
                    await delivery.ExtendAsync().ConfigureAwait(false);
                    if ((await _worker.Board.ChangeAsync(_job.Key, old => old!, CancellationToken.None).ConfigureAwait(false)).State == JobState.Cancelled)
                    {
                        await stopping.CancelAsync().ConfigureAwait(false);
                    }
                }
                catch (QueueUnreachableException)
                {
                    // the work goes on; if the silence lasts, somebody else begins it too, and the first result stays
                }

                await Task.Delay(often, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private TimeSpan Patience => queue.Patience;

    private IJobBoard Board => board;
}
