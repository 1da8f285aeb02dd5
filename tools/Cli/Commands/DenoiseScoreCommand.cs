using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike denoise-score</c></summary>
internal static class DenoiseScoreCommand
{
    private const int Decimals = 4;
    private static readonly long[] StepsUs = [100, 300, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 300_000, 1_000_000];
    private static readonly Option<SceneKind> Scene = new("--scene") { Description = "Family of scenes: room or boxes.", DefaultValueFactory = _ => SceneKind.Room };
    private static readonly Option<string> Rig = new("--rig") { Description = "The rig, as simulate takes it.", DefaultValueFactory = _ => "davis240" };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Length of the scene, s.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> NoiseHz = new("--noise-hz") { Description = "Noise of each pixel, Hz.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string[]> Steps = new("--step") { Description = "Filters to score beside the sweep, as filter takes them.", DefaultValueFactory = _ => [] };

    public static Command Make()
    {
        var command = new Command("denoise-score", "Score filters on a simulated scene whose noise is known: shares of signal and noise kept, and the area below each sweep.") { Scene, Rig, Seconds, NoiseHz, Steps };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        ulong seed = (ulong)arguments.GetValue(CommonOptions.Seed);
        StereoRig rig = SimulatedSet.RigOf(arguments.GetRequiredValue(Rig));
        (EventCameraModel left, EventCameraModel right) = EventCameraModel.DrawPair(seed);
        var settings = new SimulationSettings { Seed = seed, Left = left with { NoiseHz = arguments.GetValue(NoiseHz) }, Right = right };
        SimulatedRecording recording;
        using (var progress = new TerminalProgress("simulating"))
        {
            recording = SimulatedRecording.Make(SimulatedScene.Draw(arguments.GetValue(Scene), seed, rig), rig, settings, (long)(arguments.GetValue(Seconds) * 1e6), progress, cancellation);
        }

        ReadOnlySpan<DvsEvent> events = recording.EventArray(Camera.Left).Span;
        var noise = new bool[events.Length];
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = recording.IsNoise(Camera.Left, i);
        }

        var points = new JsonArray();
        var areas = new JsonObject();
        foreach (int neighbours in (int[])[1, 2, 3])
        {
            var sweep = new List<DenoiserPoint>();
            foreach (long stepUs in StepsUs)
            {
                sweep.Add(DenoiserScore.Measure(events, noise, rig.Sensor, $"background:us={stepUs},neighbours={neighbours}"));
            }

            sweep.ForEach(point => points.Add(Row(point)));
            areas[$"background, neighbours={neighbours}"] = Answer.Number(DenoiserScore.AreaUnder(sweep), Decimals);
        }

        foreach (string step in arguments.GetRequiredValue(Steps))
        {
            points.Add(Row(DenoiserScore.Measure(events, noise, rig.Sensor, step)));
        }

        Answer.Print(arguments, new JsonObject
        {
            ["events"] = events.Length,
            ["noise_share"] = Answer.Number((double)noise.Count(one => one) / events.Length, Decimals),
            ["points"] = points,
            ["area_under_roc"] = areas,
        });
        return Shell.Done;
    }

    private static JsonObject Row(DenoiserPoint point) => new()
    {
        ["filter"] = point.Filter,
        ["signal_kept"] = Answer.Number(point.SignalKept, Decimals),
        ["noise_kept"] = Answer.Number(point.NoiseKept, Decimals),
    };
}
