using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike bench compare</c></summary>
internal static class BenchCompareCommand
{
    private static readonly Option<string[]> Kinds = new Option<string[]>("--kinds") { Description = "Networks: dense, separable.", DefaultValueFactory = _ => ["dense", "separable"], AllowMultipleArgumentsPerToken = true }.AcceptOnlyFromAmong("dense", "separable");
    private static readonly Option<double[]> Rates = new("--rates") { Description = "Firing rates, each between 0 and 1.", DefaultValueFactory = _ => [0.02, 0.05, 0.1, 0.2, 0.4], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Sizes = new("--sizes") { Description = "Sensors, WIDTHxHEIGHT px. Several make cost against size, at the first rate.", DefaultValueFactory = _ => ["346x260"], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Engines = new Option<string[]>("--engines") { Description = "What is timed: event and event-int8 (ours), onnx and onnx-int8 (ONNX Runtime; int8 in QLinearConv is near the network, not equal to it), torch (TorchSharp).", DefaultValueFactory = _ => [.. EngineComparison.Engines], AllowMultipleArgumentsPerToken = true }.AcceptOnlyFromAmong([.. EngineComparison.Engines]);
    private static readonly Option<double> Channels = new("--channels") { Description = "Channel multiplier.", DefaultValueFactory = _ => 1.0 };
    private static readonly Option<int> Frames = new("--frames") { Description = "Frames a round, after five that warm up.", DefaultValueFactory = _ => 20 };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds; engines take turns, and each is told by its round of the lowest median.", DefaultValueFactory = _ => 3 };
    private static readonly Option<string?> Pictures = new("--pictures") { Description = "Also draw costs, a PNG a network, into this folder." };

    public static Command Make()
    {
        var command = new Command("compare", "Time engines beside ONNX Runtime and TorchSharp: the same weights and inputs in one run, at several firing rates or sensor sizes.")
        {
            Kinds, Rates, Sizes, Engines, Channels, Frames, Rounds, Pictures,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string[] kinds = arguments.GetRequiredValue(Kinds), engines = arguments.GetRequiredValue(Engines), sizes = arguments.GetRequiredValue(Sizes);
        double[] rates = [.. arguments.GetRequiredValue(Rates).Select(rate => Guard.Within(rate, 0.0, 1.0, "--rates"))];
        (string Size, double Rate)[] places = sizes.Length > 1 ? [.. sizes.Select(size => (size, rates[0]))] : [.. rates.Select(rate => (sizes[0], rate))];
        if (engines.Contains("torch"))
        {
            CommonOptions.StartTorch(arguments);
        }

        var rows = new JsonArray();
        var times = new Dictionary<string, List<IReadOnlyList<EngineTime>>>();
        using (var progress = new TerminalProgress("engines"))
        {
            foreach (string kind in kinds)
            {
                times.Add(kind, []);
                foreach ((string size, double rate) in places)
                {
                    progress.Report(times.Values.Sum(list => list.Count), kinds.Length * places.Length, $"{kind} {size} {rate:P0}");
                    EngineBench bench = EngineBench.Draw(Settings(arguments, kind, size), rate, arguments.GetValue(CommonOptions.Seed));
                    times[kind].Add(EngineComparison.Run(bench, engines, Threads(arguments), arguments.GetValue(Frames), arguments.GetValue(Rounds), cancellation));
                    AddRows(rows, kind, size, rate, times[kind][^1]);
                }
            }
        }

        Answer.Print(arguments, new JsonObject { ["threads"] = Threads(arguments), ["rows"] = rows });
        if (arguments.GetValue(Pictures) is { } folder)
        {
            Draw(folder, times, engines, places, sizes.Length > 1, Threads(arguments));
        }

        return Shell.Done;
    }

    private static int Threads(ParseResult arguments) => arguments.GetValue(CommonOptions.Threads) is > 0 and int threads ? threads : Environment.ProcessorCount;

    private static StereoSpikeSettings Settings(ParseResult arguments, string kind, string size)
    {
        string[] sides = size.Split('x');
        return sides.Length == 2 && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            ? new StereoSpikeSettings { Kind = kind == "separable" ? ConvolutionKind.Separable : ConvolutionKind.Dense, Width = width, Height = height, Channels = arguments.GetValue(Channels) }
            : throw new ArgumentException($"--sizes {size}: a size is WIDTHxHEIGHT in px, such as 346x260.");
    }

    private static void AddRows(JsonArray rows, string kind, string size, double rate, IReadOnlyList<EngineTime> times)
    {
        double ours = times[0].MedianMs;
        foreach (EngineTime time in times)
        {
            rows.Add(new JsonObject
            {
                ["kind"] = kind,
                ["size"] = size,
                ["firing"] = rate,
                ["engine"] = time.Engine,
                ["frame_ms_p50"] = Answer.Number(time.MedianMs, 2),
                ["frame_ms_p99"] = Answer.Number(time.P99Ms, 2),
                ["times_the_first"] = Answer.Number(time.MedianMs / ours, 2),
                ["processor_ms"] = Answer.Number(time.ProcessorMs, 1),
                ["working_set_mb"] = Answer.Number(time.WorkingSetMb, 0),
            });
        }
    }

    private static void Draw(string folder, Dictionary<string, List<IReadOnlyList<EngineTime>>> times, string[] engines, (string Size, double Rate)[] places, bool bySize, int threads)
    {
        Directory.CreateDirectory(folder);
        foreach ((string kind, List<IReadOnlyList<EngineTime>> rows) in times)
        {
            Picture picture = CostPicture.Draw(
                string.Create(CultureInfo.InvariantCulture, $"StereoSpike {kind}, ms a frame, {threads} threads"),
                bySize ? string.Create(CultureInfo.InvariantCulture, $"sensor, px, {places[0].Rate:P0} firing") : $"share of neurons that fire, {places[0].Size} px",
                [.. places.Select(place => bySize ? place.Size : place.Rate.ToString("P0", CultureInfo.InvariantCulture))],
                [.. engines.Select((engine, i) => (engine, (IReadOnlyList<double>)[.. rows.Select(row => row[i].MedianMs)]))]);
            picture.Save(Path.Combine(folder, $"{(bySize ? "cost-by-size" : "cost-by-firing")}-{kind}.png"));
        }
    }
}
