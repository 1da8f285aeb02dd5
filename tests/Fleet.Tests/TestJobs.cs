using System.Text.Json.Nodes;
using StereoSpike.Files;
using StereoSpike.Tests;

namespace StereoSpike.Fleet.Tests;

/// <summary>A shared folder with recordings that are small texts, and a verb that writes how long they are.</summary>
internal sealed class TestJobs : IJobRunner, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TestJobs() => Folder = new SharedFolder(_folder.Path);

    public SharedFolder Folder { get; }

    public string Path => _folder.Path;

    /// <summary>How often each job was begun.</summary>
    public Dictionary<string, int> Begun { get; } = [];

    /// <summary>What happens in a job before it writes; may throw.</summary>
    public Func<Job, CancellationToken, Task>? Before { get; set; }

    public void Dispose() => _folder.Dispose();

    /// <summary>A job on a recording that is written now.</summary>
    public Job Make(string name, int frames = 0, int framesAPart = int.MaxValue)
    {
        string path = _folder.File(name + ".txt");
        File.WriteAllText(path, name);
        return new Job { Verb = "infer", Recording = name + ".txt", Name = name, Content = RecordingContent.Of(path), Out = "out", Frames = frames, FramesAPart = framesAPart };
    }

    public async Task<JsonObject> RunAsync(Job job, JobPlace place, IWorkProgress progress, CancellationToken cancellation)
    {
        lock (Begun)
        {
            Begun[job.Key] = Begun.GetValueOrDefault(job.Key) + 1;
        }

        await (Before?.Invoke(job, cancellation) ?? Task.CompletedTask);
        cancellation.ThrowIfCancellationRequested();
        string text = job.Step == JobStep.Join ? string.Concat(place.Parts.Select(part => File.ReadAllText(System.IO.Path.Combine(part, "text")))) : job.Step == JobStep.Part ? $"[{job.First}-{job.Last}]" : File.ReadAllText(place.Recording);
        File.WriteAllText(System.IO.Path.Combine(place.Folder, "text"), text);
        return new JsonObject { ["letters"] = text.Length };
    }

    /// <summary>What the verb wrote for a recording.</summary>
    public string ResultOf(Job job) => File.ReadAllText(System.IO.Path.Combine(Folder.ResultOf(job with { Step = JobStep.Whole }), "text"));

    /// <summary>Names in the folder of results, hidden ones too.</summary>
    public string[] Results() => [.. Directory.EnumerateFileSystemEntries(System.IO.Path.Combine(Path, "out")).Select(path => System.IO.Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public Worker Worker(IJobs jobs, IJobBoard board, string name = "w1", int tries = 3) =>
        new(jobs, board, Folder, this, new WorkerSettings { Name = name, Tries = tries, UntilEmpty = true, RetryAfter = TimeSpan.FromMilliseconds(10) });
}
