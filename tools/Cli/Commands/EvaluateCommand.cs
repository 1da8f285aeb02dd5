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

    public static Command Make()
    {
        var command = new Command("evaluate", "Score a network on a recording with depth, beside baselines that look at no event or learn nothing. Prints the definition of its figures.")
        {
            Deployment.Recording, Deployment.Weights, Deployment.Engine, Deployment.Int8, Deployment.Calibration, From, To, Near, MeanDepth, Matchers, MaximumDisparity, GateWindows,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string weights = arguments.GetRequiredValue(Deployment.Weights);
        using IDepthEngine engine = Deployment.Start(arguments, weights);
        using IStereoRecording recording = RecordingFiles.Open(arguments.GetRequiredValue(Deployment.Recording), arguments.GetValue(Deployment.Calibration));
        var pipeline = new DepthPipeline(recording, engine, weights);
        string? meanDepth = arguments.GetValue(MeanDepth) ?? BesideWeights(weights);
        var score = new RecordingScore(
            recording, engine.Settings.WindowUs, Guard.Above(arguments.GetValue(Near), 0.0, "--near"),
            meanDepth is null ? null : MeanDepthFile.Read(meanDepth, engine.Settings.Sensor));
        FrameRequest[] requests = InRange(arguments, recording, engine.Settings.WindowUs);
        using (var progress = new TerminalProgress("scoring"))
        {
            foreach (DepthFrame frame in pipeline.Run(requests, cancellation))
            {
                double error = score.Add(frame);
                progress.Report(frame.Index + 1, requests.Length, FormattableString.Invariant($"frame's depth error {100 * error:F1} cm"));
            }
        }

        RecordingReport report = score.Finish(cancellation);
        if (arguments.GetValue(Matchers))
        {
            report = report with { Baselines = [.. report.Baselines, .. Match(arguments, recording, engine, score, cancellation)] };
        }

        JsonObject result = Deployment.Result(report, engine, pipeline.Counters);   // takes the firing rates before the gates' windows join them
        result["gates"] = Deployment.Gates(Gates(arguments, recording, engine, score, requests, cancellation));
        result["labels"] = $"{requests[0].Label}–{requests[^1].Label}";
        result["weights"] = weights;
        result["mean_depth"] = meanDepth;
        Answer.Print(arguments, result);
        return Shell.Done;
    }

    private static IReadOnlyList<BaselineReport> Match(ParseResult arguments, IStereoRecording recording, IDepthEngine engine, RecordingScore score, CancellationToken cancellation)
    {
        int greatest = Guard.Within(arguments.GetValue(MaximumDisparity), 1, recording.Rig.Sensor.Width - 1, "--max-disparity");
        using var progress = new TerminalProgress("matching");
        return new MatcherScore(recording, engine.Settings.WindowUs, score.Settings).Score(BlockMatcherSettings.Baselines(greatest), score.Labels, progress, cancellation);
    }

    private static IReadOnlyList<Gate> Gates(
        ParseResult arguments, IStereoRecording recording, IDepthEngine engine, RecordingScore score, FrameRequest[] requests, CancellationToken cancellation)
    {
        int windows = Guard.AtLeast(arguments.GetValue(GateWindows), 1, "--gate-windows");
        using var progress = new TerminalProgress("gates");
        return new StereoGates(recording, engine, score.Settings, arguments.GetRequiredValue(Deployment.Weights)).Run(requests, windows, progress, cancellation);
    }

    private static string? BesideWeights(string weights)
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
