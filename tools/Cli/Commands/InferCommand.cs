using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike infer RECORDING --weights FILE --out DIR</c></summary>
internal static class InferCommand
{
    private static readonly Option<string> Out = new("--out")
    {
        Description = $"The folder of answers: depth/000000.png … ({DepthPng.Coding}), pictures/, animation.png and frames.csv ({DepthFolder.TableHead}). With --stream: a file of figures or a folder of depths as --format says, - (standard output), tcp://HOST:PORT or nats://HOST:4222/RIG.",
        Required = true,
    };

    private static readonly Option<int> Every = new("--every") { Description = "Answer every N-th window.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Pictures = new("--pictures") { Description = "Draw every N-th answer in colours; 0 for none.", DefaultValueFactory = _ => 10 };

    private static readonly Option<int> From = new("--from") { Description = "First window to answer, 0-based; files keep the number of their window.", DefaultValueFactory = _ => 0 };
    private static readonly Option<int?> To = new("--to") { Description = "Last window to answer, itself included; the recording's last if left out." };

    /// <summary>What a fleet may set.</summary>
    public static IReadOnlyList<Option> Settings { get; } = [Deployment.Weights, Deployment.Engine, Deployment.Int8, Deployment.Calibration, Every, Pictures];

    public static Command Make()
    {
        var command = new Command("infer", "Depth from a recording: a window at each label's time or, without labels, every 50 ms. Ctrl-C leaves whole files only. With --stream: live, from a recording, a pipe or the network.")
        {
            Deployment.Recording, Out, From, To,
        };
        foreach (Option option in (Option[])[.. Settings, .. LiveInference.All])
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        return LiveInference.IsAsked(arguments)
            ? LiveInference.Run(arguments, arguments.GetRequiredValue(Deployment.Recording), arguments.GetRequiredValue(Deployment.Weights), arguments.GetRequiredValue(Out), cancellation)
            : Answer.Of(arguments, Work, cancellation);
    }

    /// <summary>Answers a recording, and returns what the command prints.</summary>
    public static JsonObject Work(ParseResult arguments, Stage stage, CancellationToken cancellation)
    {
        string weights = arguments.GetRequiredValue(Deployment.Weights), folder = arguments.GetRequiredValue(Out);
        int every = Guard.AtLeast(arguments.GetValue(Every), 1, "--every"), from = arguments.GetValue(From);
        var answers = new DepthFolder { Path = folder, FirstNumber = Guard.AtLeast(from, 0, "--from"), PictureEvery = Guard.AtLeast(arguments.GetValue(Pictures), 0, "--pictures") };
        using IDepthEngine engine = Deployment.Start(arguments, weights);
        using IStereoRecording recording = RecordingFiles.Open(arguments.GetRequiredValue(Deployment.Recording), arguments.GetValue(Deployment.Calibration));
        var pipeline = new DepthPipeline(recording, engine, weights);
        FrameRequest[] all = [.. FrameRequest.ForAll(recording, engine.Settings.WindowUs).Where((_, i) => i % every == 0)];
        int to = arguments.GetValue(To) ?? Math.Max(from, all.Length - 1);
        FrameRequest[] requests = [.. all.Skip(from).Take(to - from + 1)
            .Select((request, i) => answers.Draws(i) ? request : request with { Label = null })];   // a truth that is not drawn need not be read
        if (all.Length > 0 && (to < from || to >= all.Length))
        {
            throw new ArgumentException($"Windows {from} to {to} are asked for, and {recording.Name} has {all.Length}, from 0 to {all.Length - 1}. Choose --from and --to among them.");
        }

        if (all.Length == 0)
        {
            throw new InvalidDataException($"{recording.Name}: it holds no event and no label, so there is nothing to answer. Check it with stereospike info.");
        }

        var disparities = new EventDisparities(recording.Rig.FocalBaselinePxMetres);
        using (TerminalProgress progress = stage("depth"))
        {
            answers.Write(disparities.Count(pipeline.Run(requests, cancellation)), requests.Length, progress);
        }

        var result = new JsonObject { ["frames"] = pipeline.Counters.Frames };
        Deployment.AddCounters(result, pipeline.Counters);
        result["firing_rate"] = Deployment.FiringRate(engine);
        result["event_disparity_px"] = new JsonObject
        {
            ["p5"] = Answer.Number(disparities.Quantile(0.05), 2),
            ["p50"] = Answer.Number(disparities.Quantile(0.5), 2),
            ["p95"] = Answer.Number(disparities.Quantile(0.95), 2),
        };
        result["engine"] = engine.Name;
        result["out"] = folder;
        result["depth_coding"] = DepthPng.Coding;
        return result;
    }
}
