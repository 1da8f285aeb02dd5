using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike simulate</c></summary>
internal static class SimulateCommand
{
    private static readonly Argument<string> Out = new("OUT") { Description = "X_data.hdf5 for one recording, or a folder for as many as --scenes says." };
    private static readonly Option<string> Rig = new("--rig") { Description = $"The cameras: {string.Join(", ", SimulatedRigs.Names)}, or custom with --width, --height, --focal-px and --baseline-m.", DefaultValueFactory = _ => "mvsec" };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Length of each recording.", DefaultValueFactory = _ => 2.0 };
    private static readonly Option<SceneKind> Scene = new("--scene") { Description = "room: a textured room and a flying rig. boxes: a few things that cross the view of a resting rig.", DefaultValueFactory = _ => SceneKind.Room };
    private static readonly Option<int> Scenes = new("--scenes") { Description = "Recordings to make; each has the next seed.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Truth = new("--truth") { Description = "dense depth, lidar (a part of the pixels), or per-event (the newest event of each pixel).", DefaultValueFactory = _ => "dense" };
    private static readonly Option<double> Nearest = new("--nearest-px") { Description = "Of boxes: the largest disparity, px.", DefaultValueFactory = _ => SimulatedScene.NearestDisparityPx };
    private static readonly Option<bool> Benchmark = new("--benchmark") { Description = "Write the fixed benchmark set into the folder OUT: OUT/train and OUT/test, for stereospike ablate. Other options but --json are not asked." };
    private static readonly Option<int?> Width = new("--width") { Description = "Sensor columns of a custom rig." };
    private static readonly Option<int?> Height = new("--height") { Description = "Sensor rows of a custom rig." };
    private static readonly Option<double?> FocalPx = new("--focal-px") { Description = "Focal length of a custom rig, px." };
    private static readonly Option<double?> Baseline = new("--baseline-m") { Description = "Baseline of a custom rig, m." };

    public static Command Make()
    {
        var command = new Command("simulate", "Record a simulated scene with two event cameras, with exact depth, in MVSEC layout.") { Out, Rig, Seconds, Scene, Scenes, Truth, Nearest, Benchmark, Width, Height, FocalPx, Baseline };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string target = arguments.GetRequiredValue(Out);
        if (arguments.GetValue(Benchmark))
        {
            return WriteBenchmark(arguments, target, cancellation);
        }

        int scenes = Guard.AtLeast(arguments.GetValue(Scenes), 1, "--scenes");
        StereoRig rig = RigOf(arguments);
        var set = new SimulatedSet { Kind = arguments.GetValue(Scene), Seconds = arguments.GetValue(Seconds), Truth = SimulatedSet.TruthOf(arguments.GetRequiredValue(Truth)), NearestDisparityPx = arguments.GetValue(Nearest), Seed = (ulong)arguments.GetValue(CommonOptions.Seed) };
        long[] totals = [0, 0, 0];
        for (int i = 0; i < scenes; i++)
        {
            string path = RecordingFiles.IsHdf5(target)
                ? scenes == 1 ? target : throw new ArgumentException("OUT must be a folder for several scenes.")
                : ScenePath(target, set, i);
            using var progress = new TerminalProgress(scenes == 1 ? "simulating" : $"scene {i + 1} of {scenes}");
            Record(set, path, rig, i, totals, progress, cancellation);
        }

        Answer.Print(arguments, new JsonObject
        {
            ["out"] = target,
            ["events"] = new JsonObject { ["left"] = totals[0], ["right"] = totals[1] },
            ["labels"] = totals[2],
            ["events_per_second"] = Answer.Number((totals[0] + totals[1]) / (set.Seconds * scenes), 0),
        });
        return Shell.Done;
    }

    private static int WriteBenchmark(ParseResult arguments, string folder, CancellationToken cancellation)
    {
        var result = new JsonObject { ["out"] = folder };
        foreach ((string part, SimulatedSet set) in ((string, SimulatedSet)[])[(AblateCommand.TrainFolder, BenchmarkScenes.Training), (AblateCommand.TestFolder, BenchmarkScenes.Test)])
        {
            long[] totals = [0, 0, 0];
            using var progress = new TerminalProgress($"{part,-5} scenes");
            for (int i = 0; i < set.Scenes; i++)
            {
                Record(set, ScenePath(Path.Combine(folder, part), set, i), SimulatedSet.RigOf(set.Rig), i, totals, progress: null, cancellation);
                progress.Report(i + 1, set.Scenes);
            }

            result[part] = new JsonObject { ["scenes"] = set.Scenes, ["events"] = new JsonObject { ["left"] = totals[0], ["right"] = totals[1] }, ["labels"] = totals[2] };
        }

        Answer.Print(arguments, result);
        return Shell.Done;
    }

    private static string ScenePath(string folder, SimulatedSet set, int scene) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{set.Kind.ToString().ToLowerInvariant()}{set.Seed + (ulong)scene:D4}_data.hdf5"));

    private static void Record(SimulatedSet set, string path, StereoRig rig, int scene, long[] totals, TerminalProgress? progress, CancellationToken cancellation)
    {
        (long left, long right, int labels) = set.Record(path, rig, set.Seed + (ulong)scene, progress, cancellation);
        totals[0] += left;
        totals[1] += right;
        totals[2] += labels;
    }

    private static StereoRig RigOf(ParseResult arguments)
    {
        string name = arguments.GetRequiredValue(Rig);
        if (name != "custom")
        {
            return SimulatedRigs.Get(name);
        }

        return (arguments.GetValue(Width), arguments.GetValue(Height), arguments.GetValue(FocalPx), arguments.GetValue(Baseline)) is (int width, int height, double focal, double baseline)
            ? SimulatedRigs.Custom(new SensorSize(width, height), focal, baseline)
            : throw new ArgumentException("A custom rig needs --width, --height, --focal-px and --baseline-m.");
    }
}
