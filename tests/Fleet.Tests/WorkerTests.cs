namespace StereoSpike.Fleet.Tests;

/// <summary>What a worker does, on the queue within the process.</summary>
public sealed class WorkerTests : IDisposable
{
    private readonly TestJobs _jobs = new();
    private readonly LocalFleet _local = new();

    public void Dispose() => _jobs.Dispose();

    [Fact]
    public async Task Recordings_are_done_once_and_submitting_them_again_does_nothing()
    {
        Job[] jobs = [_jobs.Make("walk"), _jobs.Make("stand", frames: 7, framesAPart: 3)];

        Assert.Equal(new Submission(4, 0, 0), await Submit(jobs));
        Assert.Equal(new Submission(0, 4, 0), await Submit(jobs));
        await _jobs.Worker(_local, _local).RunAsync(CancellationToken.None);

        Assert.Equal("walk", _jobs.ResultOf(jobs[0]));
        Assert.Equal("[0-2][3-5][6-6]", _jobs.ResultOf(jobs[1]));
        Assert.Equal(2, _jobs.Results().Length);   // neither parts nor anything half-written
        Assert.All(_jobs.Begun.Values, times => Assert.Equal(1, times));
        Assert.Equal(new Submission(0, 0, 4), await Submit(jobs));
        FleetReport report = await FleetReport.OfAsync(_local, DateTimeOffset.UtcNow);
        Assert.Equal((5, 2.0, 2.0, 7L, 0.0), (report.Jobs[JobState.Done], report.Recordings, report.RecordingsDone, report.FramesDone, report.SecondsLeft));
    }

    [Fact]
    public async Task A_result_that_somebody_removed_is_made_again()
    {
        Job job = _jobs.Make("walk");
        await Submit(job);
        await _jobs.Worker(_local, _local).RunAsync(CancellationToken.None);
        Directory.Delete(_jobs.Folder.ResultOf(job), recursive: true);

        Assert.Equal(new Submission(1, 0, 0), await Submit(job));
        await _jobs.Worker(_local, _local).RunAsync(CancellationToken.None);
        Assert.Equal("walk", _jobs.ResultOf(job));
    }

    [Fact]
    public async Task A_job_that_fails_is_set_aside_with_its_error_and_the_others_are_done()
    {
        Job[] jobs = [_jobs.Make("poison"), _jobs.Make("walk")];
        _jobs.Before = (job, _) => job.Name == "poison" ? throw new InvalidDataException("poison.txt: is damaged.") : Task.CompletedTask;
        await Submit(jobs);
        await _jobs.Worker(_local, _local, tries: 3).RunAsync(CancellationToken.None);

        FleetReport report = await FleetReport.OfAsync(_local, DateTimeOffset.UtcNow);
        JobRecord aside = Assert.Single(report.SetAside);
        Assert.Equal(("poison", 3, "poison.txt: is damaged."), (aside.Name, aside.Attempts, aside.Error));
        Assert.Equal(3, _jobs.Begun[jobs[0].Key]);
        Assert.Equal("walk", _jobs.ResultOf(jobs[1]));
        Assert.Equal([Path.GetFileName(_jobs.Folder.ResultOf(jobs[1]))], _jobs.Results());

        // Repaired, it is taken up when it is submitted again, and all its attempts are its own again.
        _jobs.Before = null;
        Assert.Equal(new Submission(1, 0, 1), await Submit(jobs));
        await _jobs.Worker(_local, _local).RunAsync(CancellationToken.None);
        Assert.Equal("poison", _jobs.ResultOf(jobs[0]));
    }

    [Fact]
    public async Task A_job_that_ends_every_worker_is_set_aside_too()
    {
        // A worker that is killed says nothing: the record says that the job was begun, and it is handed out again.
        Job job = _jobs.Make("walk");
        await Submit(job);
        for (int death = 0; death < 3; death++)
        {
            await _local.ChangeAsync(job.Key, old => old! with { State = JobState.Running, Attempts = old.Attempts + 1 });
        }

        await _jobs.Worker(_local, _local, tries: 3).RunAsync(CancellationToken.None);

        Assert.Empty(_jobs.Begun);
        Assert.Equal("It was begun 3 times and every worker ended with it.", Assert.Single((await FleetReport.OfAsync(_local, DateTimeOffset.UtcNow)).SetAside).Error);
    }

    [Fact]
    public async Task A_worker_that_is_told_to_end_gives_its_job_back_and_that_is_no_attempt()
    {
        Job job = _jobs.Make("walk");
        using var ending = new CancellationTokenSource();
        _jobs.Before = async (_, cancellation) =>
        {
            await ending.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
        };
        await Submit(job);
        await _jobs.Worker(_local, _local, tries: 1).RunAsync(ending.Token);

        JobRecord record = (await _local.RecordsAsync())[job.Key];
        Assert.Equal((JobState.Queued, 0, 1L), (record.State, record.Attempts, await _local.CountAsync()));
        Assert.Empty(_jobs.Results());

        _jobs.Before = null;
        await _jobs.Worker(_local, _local, tries: 1).RunAsync(CancellationToken.None);
        Assert.Equal("walk", _jobs.ResultOf(job));
    }

    [Fact]
    public async Task Of_two_workers_that_made_the_same_the_first_result_stays()
    {
        Job job = _jobs.Make("walk");
        await Submit(job);
        _jobs.Before = async (_, cancellation) =>
        {
            _jobs.Before = null;   // the other one, which took the job when this one fell silent, is not held up
            var other = new LocalFleet();
            await Submission.MakeAsync(other, other, _jobs.Folder, [job], cancellation);
            await _jobs.Worker(other, other, "w2").RunAsync(cancellation);
            await File.WriteAllTextAsync(Path.Combine(_jobs.Folder.ResultOf(job), "text"), "first", cancellation);
        };
        await _jobs.Worker(_local, _local).RunAsync(CancellationToken.None);

        Assert.Equal("first", _jobs.ResultOf(job));
        Assert.Equal(2, _jobs.Begun[job.Key]);
        Assert.Single(_jobs.Results());
        Assert.Equal(1, (await FleetReport.OfAsync(_local, DateTimeOffset.UtcNow)).Jobs[JobState.Done]);
    }

    [Fact]
    public async Task A_recording_that_changed_since_it_was_submitted_is_not_taken_for_what_it_was()
    {
        Job job = _jobs.Make("walk");
        await Submit(job);
        File.WriteAllText(Path.Combine(_jobs.Path, "walk.txt"), "something else");
        await _jobs.Worker(_local, _local, tries: 1).RunAsync(CancellationToken.None);

        Assert.StartsWith("walk.txt: is not what it was when the job was submitted (SHA-256 ", Assert.Single((await FleetReport.OfAsync(_local, DateTimeOffset.UtcNow)).SetAside).Error, StringComparison.Ordinal);
        Assert.Empty(_jobs.Begun);
    }

    [Fact]
    public async Task A_cancelled_job_is_dropped_by_whoever_takes_it()
    {
        Job job = _jobs.Make("walk");
        await Submit(job);
        await _local.ChangeAsync(job.Key, old => old! with { State = JobState.Cancelled });
        await _jobs.Worker(_local, _local).RunAsync(CancellationToken.None);

        Assert.Empty(_jobs.Begun);
        Assert.Equal(0, await _local.CountAsync());
    }

    [Fact]
    public async Task A_report_tells_the_rate_of_the_last_minutes_and_the_time_that_is_left()
    {
        // Two whole recordings of 100 frames in 20 s, two more to do, of which a worker has a quarter: 1.75 / (2 / 20 s) = 17.5 s.
        DateTimeOffset now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        await Put("a", JobState.Done, -30, -20);
        await Put("b", JobState.Done, -20, -10);
        await Put("old", JobState.Done, -7300, -7200);
        await Put("c", JobState.Running, -5, null);
        await Put("d", JobState.Queued, null, null);
        await _local.TellAsync(new WorkerRecord { Name = "w", Share = 1, Progress = 0.25, At = now });

        FleetReport report = await FleetReport.OfAsync(_local, now);

        Assert.Equal((5.0, 3.25, 300L), (report.Recordings, report.RecordingsDone, report.FramesDone));
        Assert.Equal(360, report.RecordingsPerHour, 1e-9);
        Assert.Equal(10, report.FramesPerSecond, 1e-9);
        Assert.Equal(17.5, report.SecondsLeft, 1e-9);

        Task Put(string key, JobState state, double? began, double? ended) => _local.ChangeAsync(key, _ => new JobRecord
        {
            State = state,
            Verb = "infer",
            Name = key,
            Share = 1,
            Frames = 100,
            Began = began is { } from ? now.AddSeconds(from) : null,
            Ended = ended is { } to ? now.AddSeconds(to) : null,
        });
    }

    private Task<Submission> Submit(params Job[] jobs) => Submission.MakeAsync(_local, _local, _jobs.Folder, jobs);
}
