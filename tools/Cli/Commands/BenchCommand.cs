using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike bench</c></summary>
internal static class BenchCommand
{
    private const string Chip = "chip";
    private static readonly Option<string> Kind = new Option<string>("--kind") { Description = "The network's convolutions: dense or separable.", DefaultValueFactory = _ => "dense" }.AcceptOnlyFromAmong("dense", "separable");
    private static readonly Option<int> Width = new("--width") { Description = "Sensor columns, px.", DefaultValueFactory = _ => 346 };
    private static readonly Option<int> Height = new("--height") { Description = "Sensor rows, px.", DefaultValueFactory = _ => 260 };
    private static readonly Option<double> Channels = new("--channels") { Description = "Channel multiplier.", DefaultValueFactory = _ => 1.0 };
    private static readonly Option<double> Firing = new("--firing") { Description = "Share of the input that is active, and of each layer's neurons that fire, between 0 and 1.", DefaultValueFactory = _ => 0.05 };
    private static readonly Option<int> Frames = new("--frames") { Description = "Frames to time, after five that warm up.", DefaultValueFactory = _ => 50 };

    private static readonly Option<bool> Layers = new("--layers") { Description = "Also print how long each step of the network takes (--engine event only)." };

    private static readonly Option<string> Engine = new Option<string>("--engine")
    {
        Description = $"What is timed: {EngineCatalogue.Description}, or chip (the address-event simulation in integers, as chip run has it).",
        DefaultValueFactory = _ => EngineCatalogue.Names[0],
    }.AcceptOnlyFromAmong([.. EngineCatalogue.Names, Chip]);

    public static Command Make()
    {
        var command = new Command("bench", "Time an engine on a network with drawn weights of which every layer fires at one rate: the cost of an event engine is that of its spikes.")
        {
            Engine, Deployment.Int8, Layers, Kind, Width, Height, Channels, Firing, Frames, Quantization.Bits, Quantization.MembraneBits, Quantization.Fold,
        };
        command.Add(BenchCompareCommand.Make());
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        double rate = arguments.GetValue(Firing);
        var settings = new StereoSpikeSettings
        {
            Kind = arguments.GetValue(Kind) == "separable" ? ConvolutionKind.Separable : ConvolutionKind.Dense,
            Width = arguments.GetValue(Width),
            Height = arguments.GetValue(Height),
            Channels = arguments.GetValue(Channels),
        };
        int frames = Guard.AtLeast(arguments.GetValue(Frames), 1, "--frames");
        EngineBench bench = EngineBench.Draw(settings, Guard.Within(rate, 0.0, 1.0, "--firing"), arguments.GetValue(CommonOptions.Seed));
        string name = arguments.GetRequiredValue(Engine);
        if (name == "torch")
        {
            CommonOptions.StartTorch(arguments);
        }

        using IDepthEngine engine = name == Chip
            ? new SimulatedEngine(bench.Weights, Quantization.Settings(arguments))
            : EngineCatalogue.Make(name, bench.Weights, arguments.GetValue(CommonOptions.Threads), integers: arguments.GetValue(Deployment.Int8) ? Quantization.Settings(arguments) : null);
        (StageTimes times, double processorMs) = bench.Run(engine, frames, cancellation);
        var densities = new JsonObject();
        foreach ((string node, double density) in bench.InputDensities())
        {
            densities.Add(node, Answer.Number(density));
        }

        var result = new JsonObject
        {
            ["engine"] = engine.Name,
            ["int8"] = name == Chip || arguments.GetValue(Deployment.Int8),
            ["kind"] = arguments.GetValue(Kind),
            ["width"] = settings.Width,
            ["height"] = settings.Height,
            ["frames"] = frames,
            ["frame_ms_p50"] = Answer.Number(times.P50Ms, 3),
            ["frame_ms_p95"] = Answer.Number(times.P95Ms, 3),
            ["frame_ms_p99"] = Answer.Number(times.P99Ms, 3),
            ["processor_ms_per_frame"] = Answer.Number(processorMs, 3),
            ["events_per_second"] = Answer.Number(bench.Input.Values.Sum(value => (double)value) / times.P50Ms * 1000, 0),
            ["working_set_mb"] = Answer.Number(Environment.WorkingSet / 1e6, 0),
            ["firing_rate"] = Deployment.FiringRate(engine),
            ["input_density"] = densities,
        };
        if (arguments.GetValue(Layers) && engine is EventEngine events)
        {
            result["layer_ms_p50"] = LayerTimes(bench, events, frames);
        }

        Answer.Print(arguments, result);
        return Shell.Done;
    }

    private static JsonObject LayerTimes(EngineBench bench, EventEngine engine, int frames)
    {
        var table = new JsonObject();
        foreach ((string layer, double milliseconds) in bench.LayerTimes(engine, frames))
        {
            table.Add(layer, Answer.Number(milliseconds, 3));
        }

        return table;
    }
}
