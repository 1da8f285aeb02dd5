using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using StereoSpike.Fleet;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike fleet submit|work|status|cancel</c>: verbs over many recordings, on one machine or many.</summary>
internal static class FleetCommand
{
    private const int DefaultCut = 500;
    private static readonly Argument<string[]> Recordings = new("RECORDINGS") { Description = "Files, folders of recordings, or simulated scenes; as many as there are.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Out = new("--out") { Description = "The folder of results, below --root: NAME-ID/ for each recording, with what the verb wrote, answer.json and job.json.", Required = true };
    private static readonly Option<string> Root = new("--root") { Description = "The folder that all machines share, wherever each has it: recordings, weights and results lie below.", DefaultValueFactory = _ => "." };
    private static readonly Option<string> Queue = new("--queue") { Description = "Which queue on the server.", DefaultValueFactory = _ => "default" };
    private static readonly Option<int> Cut = new("--cut-frames") { Description = "Cut recordings into ranges of so many frames (evaluate, and infer without pictures); 0 leaves them whole.", DefaultValueFactory = _ => DefaultCut };
    private static readonly Option<double?> PatienceSeconds = new("--patience-s") { Description = "A worker that has been silent so long is taken for dead, and its job is handed out again; 30 s unless the queue was made with another, s." };
    private static readonly Option<int> Tries = new("--tries") { Description = "How often a job may be begun before it is set aside with its error.", DefaultValueFactory = _ => new WorkerSettings().Tries };
    private static readonly Option<bool> UntilEmpty = new("--until-empty") { Description = "End when the queue is empty, rather than wait for more." };

    public static Command Make() => new("fleet", "Run prepare, convert, infer or evaluate over many recordings: workers on as many machines as there are take jobs from a queue on a NATS server; without --nats this process does them all (docs/scale.md).")
    {
        Submit(), Work(), Status(), Cancel(),
    };

    private static Command Submit()
    {
        var submit = new Command("submit", "Put work into the queue. What is done already, by content and settings, is not done again.");
        foreach ((string verb, IReadOnlyList<Option> settings) in FleetVerbs.Settings)
        {
            var command = new Command(verb, $"stereospike {verb} on each recording.{(verb == "infer" ? " Without --pictures it draws none, so that recordings can be cut." : "")}") { Recordings, Out, Root, Queue, NatsOptions.Server, PatienceSeconds, Tries };
            foreach (Option option in (Option[])[.. settings, .. NatsOptions.Access, .. verb is "infer" or "evaluate" ? [Cut] : Array.Empty<Option>()])
            {
                command.Add(option);
            }

            command.SetAction((arguments, cancellation) => Task.Run(() => SubmitAsync(arguments, verb, cancellation), CancellationToken.None));
            submit.Add(command);
        }

        return submit;
    }

    private static Command Work() => OnServer("work", "Take jobs from the queue until Ctrl-C, which gives back the one under way.", [Root, Tries, UntilEmpty], async (arguments, fleet, cancellation) =>
    {
        WorkerRecord tally = await WorkAsync(arguments, fleet.Jobs, fleet.Board, arguments.GetValue(UntilEmpty), line => Console.Error.WriteLine(line), cancellation);
        Answer.Print(arguments, new JsonObject { ["worker"] = tally.Name, ["finished"] = tally.Finished, ["failed"] = tally.Failed, ["refused"] = tally.Refused });
        return cancellation.IsCancellationRequested ? Shell.Interrupted : Shell.Done;
    });

    private static Command Status() => OnServer("status", "How the queue stands: jobs, rates, time left, workers, and what was set aside.", [], async (arguments, fleet, cancellation) =>
    {
        await PrintAsync(arguments, fleet.Board, cancellation);
        return Shell.Done;
    });

    private static Command Cancel() => OnServer("cancel", "Take all jobs out of the queue; workers drop what they are at. Results that are stored stay.", [], async (arguments, fleet, cancellation) =>
    {
        await fleet.Jobs.ClearAsync(cancellation);
        int cancelled = 0;
        foreach (string key in (await fleet.Board.RecordsAsync(cancellation)).Where(record => !record.Value.IsOver).Select(record => record.Key))
        {
            await fleet.Board.ChangeAsync(key, old => old is { IsOver: false } ? old with { State = JobState.Cancelled } : old!, cancellation);
            cancelled++;
        }

        Answer.Print(arguments, new JsonObject { ["cancelled"] = cancelled });
        return Shell.Done;
    });

    private static Command OnServer(string name, string description, Option[] options, Func<ParseResult, NatsFleet, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description) { NatsOptions.Server, Queue };
        foreach (Option option in (Option[])[.. options, .. NatsOptions.Access])
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => Task.Run(
            async () =>
            {
                NatsAddress address = NatsOptions.AddressOf(arguments)
                    ?? throw new ArgumentException($"fleet {name} needs a queue that outlives its programs: --nats nats://HOST:4222, or the environment variable {NatsAddress.Variable}.");
                await using NatsFleet fleet = await NatsFleet.OpenAsync(address, arguments.GetRequiredValue(Queue), cancellation: cancellation);
                return await run(arguments, fleet, cancellation);
            },
            CancellationToken.None));
        return command;
    }

    private static async Task<int> SubmitAsync(ParseResult arguments, string verb, CancellationToken cancellation)
    {
        var folder = new SharedFolder(arguments.GetRequiredValue(Root));
        IEnumerable<Job> jobs = JobsOf(arguments, verb, folder, cancellation);
        if (NatsOptions.AddressOf(arguments) is not { } address)
        {
            return await DoAllAsync(arguments, folder, jobs, cancellation);
        }

        TimeSpan? patience = arguments.GetValue(PatienceSeconds) is { } seconds ? TimeSpan.FromSeconds(Guard.Within(seconds, 0.5, 86_400, "--patience-s")) : null;
        await using NatsFleet fleet = await NatsFleet.OpenAsync(address, arguments.GetRequiredValue(Queue), patience, cancellation);
        Answer.Print(arguments, Counts(await Submission.MakeAsync(fleet.Jobs, fleet.Board, folder, jobs, cancellation)));
        return Shell.Done;
    }

    private static async Task<int> DoAllAsync(ParseResult arguments, SharedFolder folder, IEnumerable<Job> jobs, CancellationToken cancellation)
    {
        var local = new LocalFleet();
        await Submission.MakeAsync(local, local, folder, jobs, cancellation);
        await WorkAsync(arguments, local, local, untilEmpty: true, line => Console.Error.WriteLine(line), cancellation);
        cancellation.ThrowIfCancellationRequested();
        FleetReport report = await PrintAsync(arguments, local, cancellation);
        return report.SetAside.Count > 0 ? Shell.CheckFailed : Shell.Done;
    }

    private static async Task<WorkerRecord> WorkAsync(ParseResult arguments, IJobs jobs, IJobBoard board, bool untilEmpty, Action<string> log, CancellationToken cancellation)
    {
        var settings = new WorkerSettings { Tries = arguments.GetValue(Tries), UntilEmpty = untilEmpty };
        var worker = new Worker(jobs, board, new SharedFolder(arguments.GetRequiredValue(Root)), new FleetVerbs(arguments.GetValue(CommonOptions.Threads)), settings, log);
        await worker.RunAsync(cancellation);
        return worker.Tally;
    }

    private static IEnumerable<Job> JobsOf(ParseResult arguments, string verb, SharedFolder folder, CancellationToken cancellation)
    {
        (IReadOnlyList<string> settings, Dictionary<string, JobFile> files) = SettingsOf(arguments, verb, folder);
        string output = folder.Relative(arguments.GetRequiredValue(Out));
        string? FileOf(Option option) => arguments.GetResult(option) is { Tokens: [{ Value: var path }] } ? path : null;
        int cut = verb is "infer" or "evaluate" ? Guard.AtLeast(arguments.GetValue(Cut), 0, "--cut-frames") : 0;
        foreach (string recording in arguments.GetRequiredValue(Recordings).SelectMany(Each))
        {
            cancellation.ThrowIfCancellationRequested();
            int frames = FleetVerbs.Frames(verb, recording, settings, FileOf(Deployment.Calibration), FileOf(Deployment.Weights));
            yield return new Job
            {
                Verb = verb,
                Recording = recording.StartsWith(SimulatedSet.Prefix, StringComparison.Ordinal) ? recording : folder.Relative(recording),
                Name = RecordingContent.NameOf(recording),
                Content = RecordingContent.Of(recording),
                Settings = settings,
                Files = files,
                Out = output,
                Frames = frames,
                FramesAPart = cut > 0 && frames > 0 ? cut : int.MaxValue,
            };
        }
    }

    /// <summary>A folder of recordings is all of them, but for a DSEC sequence, which is one.</summary>
    private static IEnumerable<string> Each(string source) =>
        !Directory.Exists(source) || DsecRecording.IsSequence(source) ? [source]
        : MvsecPaths.DataFiles(source) is { Count: > 0 } found ? found
        : throw new ArgumentException($"{source}: holds no recording (X_data.hdf5). Name files, or a folder that holds some.");

    /// <summary>The verb's options that were given, those that are files apart.</summary>
    private static (IReadOnlyList<string> Settings, Dictionary<string, JobFile> Files) SettingsOf(ParseResult arguments, string verb, SharedFolder folder)
    {
        var settings = new List<string>();
        var files = new Dictionary<string, JobFile>();
        foreach (OptionResult given in FleetVerbs.Settings[verb].Select(arguments.GetResult).OfType<OptionResult>().Where(result => !result.Implicit))
        {
            string[] values = [.. given.Tokens.Select(token => token.Value)];
            if (FleetVerbs.IsFile(given.Option))
            {
                files[given.Option.Name] = Path.Exists(values[0]) ? new JobFile(folder.Relative(values[0]), RecordingContent.Of(values[0])) : new JobFile(values[0], null);
            }
            else
            {
                settings.AddRange([given.Option.Name, .. values]);
            }
        }

        if (verb == "evaluate" && !files.ContainsKey("--mean-depth") && EvaluateCommand.BesideWeights(arguments.GetRequiredValue(Deployment.Weights)) is { } mean)
        {
            files["--mean-depth"] = new JobFile(folder.Relative(mean), RecordingContent.Of(mean));   // what lies beside the weights decides too
        }

        if (verb == "infer" && !settings.Contains("--pictures"))
        {
            settings.AddRange(["--pictures", "0"]);
        }

        return (settings, files);
    }

    private static JsonObject Counts(Submission submission) => new() { ["queued"] = submission.Queued, ["present"] = submission.Present, ["done"] = submission.Done };

    private static async Task<FleetReport> PrintAsync(ParseResult arguments, IJobBoard board, CancellationToken cancellation)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        FleetReport report = await FleetReport.OfAsync(board, now, cancellation);
        var jobs = new JsonObject(report.Jobs.Select(pair => KeyValuePair.Create(pair.Key.ToString().ToLowerInvariant(), (JsonNode?)pair.Value)));
        Answer.Print(arguments, new JsonObject
        {
            ["jobs"] = jobs,
            ["recordings"] = Answer.Number(report.Recordings, 2),
            ["recordings_done"] = Answer.Number(report.RecordingsDone, 2),
            ["frames_done"] = report.FramesDone,
            ["recordings_per_hour"] = Answer.Number(report.RecordingsPerHour, 1),
            ["frames_per_second"] = Answer.Number(report.FramesPerSecond, 1),
            ["left_s"] = Answer.Number(report.SecondsLeft, 0),
            ["refused"] = report.Refused,
            ["workers"] = new JsonArray([.. report.Workers.Select(worker => new JsonObject
            {
                ["name"] = worker.Name,
                ["job"] = worker.Job,
                ["progress"] = Answer.Number(worker.Progress, 2),
                ["finished"] = worker.Finished,
                ["failed"] = worker.Failed,
                ["refused"] = worker.Refused,
                ["silent_s"] = Answer.Number((now - worker.At).TotalSeconds, 0),
            })]),
            ["set_aside"] = new JsonArray([.. report.SetAside.Select(job => new JsonObject { ["verb"] = job.Verb, ["recording"] = job.Name, ["attempts"] = job.Attempts, ["error"] = job.Error })]),
        });
        return report;
    }
}
