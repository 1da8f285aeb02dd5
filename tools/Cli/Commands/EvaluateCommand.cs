using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike evaluate RECORDING --weights FILE</c></summary>
internal static class EvaluateCommand
{
    private static readonly Option<int> From = new("--from") { Description = "First label to score, 0-based.", DefaultValueFactory = _ => 0 };
    private static readonly Option<int?> To = new("--to") { Description = "Last label to score, itself included; the recording's last if left out." };
    private static readonly Option<double> Near = new("--near") { Description = "Score only truth nearer than this, metres.", DefaultValueFactory = _ => double.PositiveInfinity };
    private static readonly Option<string?> MeanDepth = new("--mean-depth") { Description = $"The training set's mean depth map (.npz), a baseline; {MeanDepthFile.Name} beside the weights if left out." };

    public static Command Make()
    {
        var command = new Command("evaluate", "Score a network on a recording with depth, beside baselines that look at no event. Prints the definition of its figures.")
        {
            Deployment.Recording, Deployment.Weights, Deployment.Engine, Deployment.Calibration, From, To, Near, MeanDepth,
        };
        command.SetAction((arguments, cancellation) => Task.Run(() => Run(arguments, cancellation), CancellationToken.None));
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

        JsonObject result = Deployment.Result(score.Finish(cancellation), engine, pipeline.Counters);
        result["labels"] = $"{requests[0].Label}–{requests[^1].Label}";
        result["weights"] = weights;
        result["mean_depth"] = meanDepth;
        Answer.Print(arguments, result);
        return Shell.Done;
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
