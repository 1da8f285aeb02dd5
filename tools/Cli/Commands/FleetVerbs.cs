using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Files;
using StereoSpike.Fleet;
using StereoSpike.Hardware;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>The verbs that a fleet runs: which options they take there, how a job becomes a command line, and how ranges are joined.</summary>
internal sealed class FleetVerbs : IJobRunner
{
    private const string EvaluationPartName = "part.npz", FramesTable = "frames.csv";

    /// <summary>The verbs and what may be set.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<Option>> Settings = new Dictionary<string, IReadOnlyList<Option>>
    {
        ["prepare"] = PrepareCommand.Settings,
        ["convert"] = ConvertCommand.Settings,
        ["infer"] = InferCommand.Settings,
        ["evaluate"] = EvaluateCommand.Settings,
    };

    private static readonly Dictionary<string, Work> Works = new()
    {
        ["prepare"] = PrepareCommand.Work,
        ["convert"] = ConvertCommand.Work,
        ["infer"] = InferCommand.Work,
        ["evaluate"] = EvaluateCommand.Work,
    };

    /// <summary>Options whose values are files or folders: jobs name them apart, with their content.</summary>
    private static readonly string[] FileOptions = ["--weights", "--calibration", "--mean-depth"];

    /// <summary>Words from elsewhere are never taken for the name of a file with more words.</summary>
    private static readonly ParserConfiguration Plainly = new() { ResponseFileTokenReplacer = null };

    private readonly RootCommand _commands = new() { PrepareCommand.Make(), ConvertCommand.Make(), InferCommand.Make(), EvaluateCommand.Make() };
    private readonly int _threads;

    /// <param name="threads">What --threads of this machine says.</param>
    public FleetVerbs(int threads)
    {
        CommonOptions.AddTo(_commands);
        _threads = threads;
    }

    public static bool IsFile(Option option) => FileOptions.Contains(option.Name);

    /// <summary>How many frames a verb answers of a recording; 0 where it does not count in frames and so cannot be cut.</summary>
    public static int Frames(string verb, string recording, IReadOnlyList<string> settings, string? calibration, string? weights)
    {
        if (verb is not ("infer" or "evaluate"))
        {
            return 0;
        }

        using IStereoRecording opened = RecordingFiles.Open(recording, calibration);
        int every = ValueOf(settings, "--every") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 1, frames = FrameRequest.ForAll(opened, Deployment.Load(weights!).Settings.WindowUs).Count;
        return verb == "evaluate" ? frames : ValueOf(settings, "--pictures") == "0" ? (frames + every - 1) / every : 0;
    }

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(Job job, JobPlace place, IWorkProgress progress, CancellationToken cancellation)
    {
        if (job is { Verb: "infer", Step: JobStep.Join })
        {
            return JoinAnswers(place, cancellation);
        }

        CheckSettings(job);
        ParseResult arguments = _commands.Parse([.. CommandLine(job, place)], Plainly);
        if (arguments.Errors.Count > 0)
        {
            throw new InvalidDataException($"The job cannot be run: {arguments.Errors[0].Message}");
        }

        JsonObject? answer = null;
        await MainThread.RunAsync(() =>
        {
            answer = Works[job.Verb](arguments, name => new TerminalProgress(name, progress), cancellation);
            return Shell.Done;
        });
        answer!.Remove("out");   // it was written aside, and lies elsewhere now
        answer.Remove("part");
        return answer;
    }

    /// <summary>A job may come from anyone: it may set what <c>submit</c> lets one set, and nothing that says where to read or write.</summary>
    private static void CheckSettings(Job job)
    {
        var harmless = new RootCommand();
        foreach (Option option in Settings[job.Verb].Where(option => !IsFile(option)))
        {
            harmless.Add(option);
        }

        string? wrong = harmless.Parse([.. job.Settings], Plainly).Errors is [var first, ..] ? first.Message
            : job.Files.Keys.Where(name => !Settings[job.Verb].Any(option => IsFile(option) && option.Name == name)).Select(name => $"{name} is no file of {job.Verb}.").FirstOrDefault();
        if (wrong is not null)
        {
            throw new InvalidDataException($"The job sets what a fleet does not let it: {wrong}");
        }
    }

    private IEnumerable<string> CommandLine(Job job, JobPlace place)
    {
        string[] range = job.Step == JobStep.Part ? ["--from", job.First.ToString(CultureInfo.InvariantCulture), "--to", job.Last.ToString(CultureInfo.InvariantCulture)] : [];
        string[] own = (job.Verb, job.Step) switch
        {
            ("prepare", _) => ["prepare", PrepareCommand.KindOf(place.Recording), place.Recording, "--out", place.Folder],
            ("convert", _) => ["convert", place.Recording, Path.Combine(place.Folder, ConvertCommand.OutputName(job.Name, ValueOf(job.Settings, "--to")))],
            ("infer", _) => ["infer", place.Recording, "--out", place.Folder, .. range],
            (_, JobStep.Part) => ["evaluate", place.Recording, "--part", Path.Combine(place.Folder, EvaluationPartName), .. range],
            (_, JobStep.Join) => ["evaluate", place.Recording, "--join", .. place.Parts.Select(part => Path.Combine(part, EvaluationPartName))],
            _ => ["evaluate", place.Recording],
        };
        return [.. own, "--threads", _threads.ToString(CultureInfo.InvariantCulture), .. job.Settings, .. place.Files.SelectMany(file => (string[])[file.Key, file.Value])];
    }

    /// <summary>The depths of all ranges in one folder, their tables as one.</summary>
    private static JsonObject JoinAnswers(JobPlace place, CancellationToken cancellation)
    {
        string depth = Path.Combine(place.Folder, "depth");
        Directory.CreateDirectory(depth);
        var rows = new List<string> { DepthFolder.TableHead };
        var answers = new List<JsonObject>();
        foreach (string part in place.Parts)
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(part, "depth")))
            {
                cancellation.ThrowIfCancellationRequested();
                File.Copy(file, Path.Combine(depth, Path.GetFileName(file)));
            }

            rows.AddRange(File.ReadLines(Path.Combine(part, FramesTable)).Skip(1));
            answers.Add(JsonNode.Parse(File.ReadAllText(Path.Combine(part, SharedFolder.AnswerName)))!.AsObject());
        }

        WholeFile.WriteText(Path.Combine(place.Folder, FramesTable), string.Join('\n', rows) + "\n");
        return new JsonObject
        {
            ["frames"] = answers.Sum(answer => (int)answer["frames"]!),
            ["events"] = answers.Sum(answer => (long)answer["events"]!),
            ["firing_rate"] = MeanRates(answers),
            ["engine"] = answers[0]["engine"]!.DeepClone(),
            ["depth_coding"] = DepthPng.Coding,
            ["ranges"] = answers.Count,
        };
    }

    private static JsonObject MeanRates(List<JsonObject> answers)
    {
        double frames = answers.Sum(answer => (double)answer["frames"]!);
        return new JsonObject(answers[0]["firing_rate"]!.AsObject().Select(rate => KeyValuePair.Create(
            rate.Key, Answer.Number(answers.Sum(answer => (double)answer["firing_rate"]![rate.Key]! * (double)answer["frames"]!) / frames))));
    }

    private static string? ValueOf(IReadOnlyList<string> settings, string option) =>
        settings.TakeWhile(word => word != option).Count() is int at && at + 1 < settings.Count ? settings[at + 1] : null;
}
