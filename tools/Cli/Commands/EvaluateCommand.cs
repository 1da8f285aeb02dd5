using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike evaluate RECORDING --weights FILE</c></summary>
internal static class EvaluateCommand
{
    private static readonly Option<int> From = new("--from") { Description = "First label to score, 0-based.", DefaultValueFactory = _ => 0 };
    private static readonly Option<int?> To = new("--to") { Description = "Last label to score, itself included; the recording's last if left out." };
    private static readonly Option<double> Near = new("--near") { Description = "Score only truth nearer than this, metres.", DefaultValueFactory = _ => double.PositiveInfinity };
    private static readonly Option<string?> MeanDepth = new("--mean-depth") { Description = $"The training set's mean depth map (.npz), a baseline; {MeanDepthFile.Name} beside the weights if left out." };

    private static readonly Option<bool> Matchers = new("--matchers") { Description = "Score classical stereo matchers too: blocks of event counts, of time surfaces and of coincidences, the last also with a left-right check." };
    private static readonly Option<int> MaximumDisparity = new("--max-disparity") { Description = "Greatest disparity that the matchers try, px.", DefaultValueFactory = _ => 32 };

    private static readonly Option<int> GateWindows = new("--gate-windows") { Description = "On how many evenly spread windows to ask whether the network sees stereo (docs/evaluation.md).", DefaultValueFactory = _ => StereoGates.DefaultWindows };

    private static readonly Option<string?> PartFile = new("--part") { Description = "Write the sums of this range of labels to a file (.npz) in place of figures, for --join: ranges may be scored on many machines." };
    private static readonly Option<string[]> Join = new("--join") { Description = "Files of --part that together are the range: their figures, as if one run had scored it all. The network runs for the gates only.", AllowMultipleArgumentsPerToken = true };

    /// <summary>What a fleet may set.</summary>
    public static IReadOnlyList<Option> Settings { get; } = [Deployment.Weights, Deployment.Engine, Deployment.Int8, Deployment.Calibration, Near, MeanDepth, Matchers, MaximumDisparity, GateWindows];

    public static Command Make()
    {
        var command = new Command("evaluate", "Score a network on a recording with depth, beside baselines that look at no event or learn nothing. Prints the definition of its figures.")
        {
            Deployment.Recording, From, To, PartFile, Join,
        };
        foreach (Option option in Settings)
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Answer.Of(arguments, Work, cancellation)));
        return command;
    }

    /// <summary>Scores, and returns what the command prints.</summary>
    public static JsonObject Work(ParseResult arguments, Stage stage, CancellationToken cancellation)
    {
        string weights = arguments.GetRequiredValue(Deployment.Weights);
        using IDepthEngine engine = Deployment.Start(arguments, weights);
        using IStereoRecording recording = RecordingFiles.Open(arguments.GetRequiredValue(Deployment.Recording), arguments.GetValue(Deployment.Calibration));
        var pipeline = new DepthPipeline(recording, engine, weights);
        string? meanDepth = arguments.GetValue(MeanDepth) ?? BesideWeights(weights);
        string? partFile = arguments.GetValue(PartFile);
        var score = new RecordingScore(
            recording, engine.Settings.WindowUs, Guard.Above(arguments.GetValue(Near), 0.0, "--near"),
            meanDepth is null ? null : MeanDepthFile.Read(meanDepth, engine.Settings.Sensor), keepsImages: partFile is not null);
        FrameRequest[] requests = InRange(arguments, recording, engine.Settings.WindowUs);
        EvaluationPart[] parts = [.. (arguments.GetValue(Join) ?? []).Select(EvaluationPart.Load).OrderBy(part => part.Labels[0])];
        if (parts.Length > 0)
        {
            AddAll(score, parts, requests, recording.Name, cancellation);
        }
        else
        {
            using TerminalProgress progress = stage("scoring");
            foreach (DepthFrame frame in pipeline.Run(requests, cancellation))
            {
                double error = score.Add(frame);
                progress.Report(frame.Index + 1, requests.Length, FormattableString.Invariant($"frame's depth error {100 * error:F1} cm"));
            }
        }

        if (partFile is not null)
        {
            score.Save(engine, pipeline.Counters).Save(partFile);
            return new JsonObject { ["frames"] = requests.Length, ["labels"] = Labels(requests), ["part"] = partFile };
        }

        RecordingReport report = score.Finish(cancellation);
        if (arguments.GetValue(Matchers))
        {
            report = report with { Baselines = [.. report.Baselines, .. Match(arguments, recording, engine, score, stage, cancellation)] };
        }

        JsonObject result = parts.Length > 0 ? Deployment.Result(report, parts) : Deployment.Result(report, engine, pipeline.Counters);   // takes the firing rates before the gates' windows join them
        result["gates"] = Deployment.Gates(Gates(arguments, recording, engine, score, requests, stage, cancellation));
        result["labels"] = Labels(requests);
        result["weights"] = weights;
        result["mean_depth"] = meanDepth;
        return result;
    }

    private static string Labels(FrameRequest[] requests) => $"{requests[0].Label}–{requests[^1].Label}";

    private static void AddAll(RecordingScore score, EvaluationPart[] parts, FrameRequest[] requests, string recording, CancellationToken cancellation)
    {
        foreach (EvaluationPart part in parts)
        {
            score.Add(part, cancellation);
        }

        if (!score.Labels.SequenceEqual(requests.Select(request => request.Label!.Value)))
        {
            throw new InvalidDataException($"{recording}: the parts hold {score.Labels.Count} labels from {score.Labels[0]} to {score.Labels[^1]}, and {requests.Length} from {Labels(requests)} are asked for. Give all parts, or name their range with --from and --to.");
        }
    }

    private static IReadOnlyList<BaselineReport> Match(ParseResult arguments, IStereoRecording recording, IDepthEngine engine, RecordingScore score, Stage stage, CancellationToken cancellation)
    {
        int greatest = Guard.Within(arguments.GetValue(MaximumDisparity), 1, recording.Rig.Sensor.Width - 1, "--max-disparity");
        using TerminalProgress progress = stage("matching");
        return new MatcherScore(recording, engine.Settings.WindowUs, score.Settings).Score(BlockMatcherSettings.Baselines(greatest), score.Labels, progress, cancellation);
    }

    private static IReadOnlyList<Gate> Gates(
        ParseResult arguments, IStereoRecording recording, IDepthEngine engine, RecordingScore score, FrameRequest[] requests, Stage stage, CancellationToken cancellation)
    {
        int windows = Guard.AtLeast(arguments.GetValue(GateWindows), 1, "--gate-windows");
        using TerminalProgress progress = stage("gates");
        return new StereoGates(recording, engine, score.Settings, arguments.GetRequiredValue(Deployment.Weights)).Run(requests, windows, progress, cancellation);
    }

    /// <summary>The mean depth map that lies beside a weights file; null where none does.</summary>
    public static string? BesideWeights(string weights)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights))!, MeanDepthFile.Name);
        return File.Exists(beside) ? beside : null;
    }

    private static FrameRequest[] InRange(ParseResult arguments, IStereoRecording recording, long windowUs)
    {
        int from = arguments.GetValue(From), last = recording.LabelTimesUs.Count - 1, to = arguments.GetValue(To) ?? last;
        return from >= 0 && from <= to && to <= last
            ? [.. FrameRequest.ForAll(recording, windowUs).Skip(from).Take(to - from + 1)]
            : throw new ArgumentException($"Labels {from} to {to} are asked for, and {recording.Name} has {last + 1}, from 0 to {last}. Choose --from and --to among them.");
    }
}
