using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike demo</c>: everything once, in under a minute, without data, GPU or arguments.</summary>
internal static class DemoCommand
{
    private const ulong SceneSeed = 7;   // the network that ships has not seen it: it learned from seeds from 1000
    private const int AnimationEvery = 2;   // a page is 300 kB
    private const int AnimationMs = 100;
    private const int MontageRows = 4;

    private static readonly SimulatedSet Scene = new() { Kind = SceneKind.Room, Rig = "mvsec", Seconds = 2, Seed = SceneSeed };
    private static readonly Option<string> Out = new("--out") { Description = "The folder to write to.", DefaultValueFactory = _ => "demo" };
    private static readonly Option<string> Weights = new("--weights") { Description = "Another network than the one that ships; for 346×260 px.", DefaultValueFactory = _ => Asset("demo.safetensors") };
    private static readonly Option<string> MeanDepth = new("--mean-depth") { Description = "Its training set's mean depth map (.npz).", DefaultValueFactory = _ => Asset("demo-mean-depth.npz") };

    public static Command Make()
    {
        var command = new Command("demo", "Simulate a stereo recording, read depth off it with the network that ships, and score it. Needs no data; takes under a minute.") { Out, Weights, MeanDepth, Deployment.Engine, Deployment.Int8 };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string folder = arguments.GetRequiredValue(Out), weights = arguments.GetRequiredValue(Weights);
        string recordingPath = Path.Combine(folder, "room0007_data.hdf5");
        using IDepthEngine engine = Deployment.Start(arguments, weights);
        DepthMap meanDepth = MeanDepthFile.Read(arguments.GetRequiredValue(MeanDepth), engine.Settings.Sensor);

        Say(arguments, $"1. Two event cameras fly through a simulated room for {Scene.Seconds:0} s; what they report is written to {recordingPath}, laid out like MVSEC.");
        using (var simulating = new TerminalProgress("simulating"))
        {
            Scene.Record(recordingPath, SimulatedRigs.Get(Scene.Rig), Scene.Seed, simulating, cancellation);
        }

        Say(arguments, "2. The recording is read back and a spiking network says, 20 times a second, how far away each pixel is. It learned from other simulated rooms.");
        using IStereoRecording recording = RecordingFiles.Open(recordingPath, calibrationFolder: null);
        var pipeline = new DepthPipeline(recording, engine, weights);
        var score = new RecordingScore(recording, engine.Settings.WindowUs, meanDepth: meanDepth);
        Draw(folder, recording, pipeline, score, engine.Settings.WindowUs, cancellation);
        RecordingReport report = score.Finish(cancellation);

        if (arguments.GetValue(CommonOptions.Json))
        {
            JsonObject result = Deployment.Result(report, engine, pipeline.Counters);
            result["out"] = folder;
            Answer.Print(arguments, result);
        }
        else
        {
            Tell(folder, recordingPath, weights, report, engine, pipeline.Counters);
        }

        return Shell.Done;
    }

    /// <summary>Answers every label, adds each to the score, and draws: every other one on an animated page, a few with their errors on a montage.</summary>
    private static void Draw(string folder, IStereoRecording recording, DepthPipeline pipeline, RecordingScore score, long windowUs, CancellationToken cancellation)
    {
        IReadOnlyList<FrameRequest> requests = FrameRequest.ForAll(recording, windowUs);
        ColourScale depth = ColourScale.DepthOf(recording.ReadDepth(requests.Count / 2)), error = ColourScale.ErrorMetres(1);
        FramePage page = new(depth), pageWithError = new(depth, error);
        var rows = new List<Panel>();
        int columns = 0;
        using (var progress = new TerminalProgress("depth     "))
        {
            AnimatedPng.Save(Path.Combine(folder, "animation.png"), Pages(progress), AnimationMs);
        }

        new Montage
        {
            Headline = $"A room seen by two event cameras, and its depth by a spiking network ({recording.Name})",
            Subline = score.Settings.Definition,
            Columns = columns,
        }.Draw(rows).Save(Path.Combine(folder, "montage.png"));

        IEnumerable<Picture> Pages(TerminalProgress progress)
        {
            int every = Math.Max(1, requests.Count / MontageRows);
            foreach (DepthFrame frame in pipeline.Run(requests, cancellation))
            {
                double metres = score.Add(frame);
                if (frame.Index % every == every - 1)
                {
                    IReadOnlyList<Panel> row = pageWithError.Panels(frame);
                    columns = row.Count;
                    rows.AddRange(row.Select((panel, i) => panel with { Caption = Caption(i, row.Count, frame, metres) }));
                }

                progress.Report(frame.Index + 1, requests.Count);
                if (frame.Index % AnimationEvery == 0)
                {
                    yield return page.Draw(frame);
                }
            }
        }
    }

    private static string Caption(int panel, int panels, DepthFrame frame, double meanErrorMetres) =>
        panel == 0 ? FormattableString.Invariant($"{FramePage.Seconds(frame)}, {frame.LeftCount} events")
        : panel == panels - 1 ? FormattableString.Invariant($"mean {100 * meanErrorMetres:F0} cm")
        : "";

    private static void Tell(string folder, string recordingPath, string weights, RecordingReport report, IDepthEngine engine, PipelineCounters counters)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"3. Scored on {report.Network.Frames} depth maps, beside two answers that look at no event:"));
        Console.WriteLine();
        Console.WriteLine($"   {"",-26}{"depth error",12}{"median",12}{"disparity",12}{"within 1 px",14}");
        Row("the network", report.Network);
        Row("best constant depth", report.Baselines.First(baseline => baseline.Name == BaselineReport.BestConstant).Report);
        Row("training set's mean depth", report.Baselines.First(baseline => baseline.Name == BaselineReport.TrainingMean).Report);
        Console.WriteLine();
        Console.WriteLine($"   ({report.Network.Definition})");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"   {100 * engine.MeanFiringRate:F1} % of the neurons fire; {counters.Frame.P50Ms:F0} ms a frame (median), {counters.EventsPerSecond / 1e6:F2} million events a second."));
        Console.WriteLine();
        Console.WriteLine($"Look at {Path.Combine(folder, "montage.png")} and, in a browser, {Path.Combine(folder, "animation.png")}. Then try:");
        Console.WriteLine($"   stereospike info {recordingPath}");
        Console.WriteLine($"   stereospike infer {recordingPath} --weights {weights} --out {Path.Combine(folder, "depth")}");
        Console.WriteLine("   stereospike train --help");

        static void Row(string name, DepthReport figures) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"   {name,-26}{figures.MeanDepthErrorCm,9:F1} cm{figures.MedianDepthErrorCm,9:F1} cm{figures.MeanDisparityErrorPx,9:F2} px{100 * figures.OnePixelAccuracy,12:F1} %"));
    }

    private static void Say(ParseResult arguments, string line)
    {
        if (!arguments.GetValue(CommonOptions.Json))
        {
            Console.WriteLine(line);
        }
    }

    private static string Asset(string name) => Path.Combine(AppContext.BaseDirectory, "Assets", name);
}
