using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary>What the verbs that run a trained network share: its options, and how its figures stand in the answer.</summary>
internal static class Deployment
{
    /// <summary>The networks that ship, by the names that <c>--weights</c> knows them under.</summary>
    private static readonly Dictionary<string, string> Shipped = new() { ["mvsec"] = "demo.safetensors", ["davis240"] = "davis240.safetensors" };

    public static Argument<string> Recording { get; } = new("RECORDING") { Description = RecordingFiles.Description };

    public static Option<string> Weights { get; } = new("--weights") { Description = "The trained network (.safetensors), as stereospike train writes it, or one that ships: mvsec or davis240 (docs/model-card.md).", Required = true };

    public static Option<string?> Calibration { get; } = new("--calibration") { Description = "Folder of the cameras' calibration, where it does not lie beside the recording." };

    public static Option<string> Engine { get; } = new Option<string>("--engine")
    {
        Description = $"What runs the network: {EngineCatalogue.Description}.",
        DefaultValueFactory = _ => EngineCatalogue.Names[0],
    }.AcceptOnlyFromAmong([.. EngineCatalogue.Names]);

    public static Option<bool> Int8 { get; } = new("--int8") { Description = "Run it in integers: weights of 8 bits, one scale a channel, sums exact (--engine event only). Nearly the same depth, see stereospike quantize; faster, but for separable networks whose sums pass 32 bits, such as mvsec, which are folded first." };

    /// <summary>The file of a network that ships, or the path itself. A file of such a name comes first.</summary>
    public static string Resolve(string weights) =>
        !File.Exists(weights) && Shipped.TryGetValue(weights, out string? file) ? Path.Combine(AppContext.BaseDirectory, "Assets", file) : weights;

    /// <summary>Loads a trained network.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged or holds no StereoSpike network.</exception>
    public static StereoSpikeWeights Load(string weights) => File.Exists(Resolve(weights))
        ? StereoSpikeWeights.Load(Resolve(weights))
        : throw new FileNotFoundException($"{weights}: there are no weights. Train some with stereospike train --data … --out RUN; they are RUN/weights.safetensors.", weights);

    /// <summary>Loads the network into the engine asked for.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static IDepthEngine Start(ParseResult arguments, string weights)
    {
        StereoSpikeWeights network = Load(weights);
        string engine = arguments.GetRequiredValue(Engine);
        if (engine == "torch")
        {
            CommonOptions.StartTorch(arguments);
        }

        return EngineCatalogue.Make(engine, network, arguments.GetValue(CommonOptions.Threads), weights, arguments.GetValue(Int8) ? new QuantizationSettings() : null);
    }

    /// <summary>Share of neurons that fired, by layer and as <c>mean</c>.</summary>
    public static JsonObject FiringRate(IDepthEngine engine) => FiringRate([.. engine.FiringRates, new("mean", engine.MeanFiringRate)]);

    private static JsonObject FiringRate(IEnumerable<KeyValuePair<string, double>> rates) => new(rates.Select(rate => KeyValuePair.Create(rate.Key, Answer.Number(rate.Value))));

    /// <summary>Adds how fast frames were answered and what rectification dropped.</summary>
    public static void AddCounters(JsonObject result, PipelineCounters counters)
    {
        result["frame_ms_p50"] = Answer.Number(counters.Frame.P50Ms, 3);
        result["frame_ms_p95"] = Answer.Number(counters.Frame.P95Ms, 3);
        result["frame_ms_p99"] = Answer.Number(counters.Frame.P99Ms, 3);
        result["stage_ms_p50"] = new JsonObject
        {
            ["read"] = Answer.Number(counters.Read.P50Ms, 3),
            ["encode"] = Answer.Number(counters.Encode.P50Ms, 3),
            ["engine"] = Answer.Number(counters.Engine.P50Ms, 3),
            ["readout"] = Answer.Number(counters.Readout.P50Ms, 3),
        };
        result["events_per_second"] = Answer.Number(counters.EventsPerSecond, 0);
        AddEvents(result, counters.Left, counters.Right);
    }

    private static void AddEvents(JsonObject result, EventTally left, EventTally right)
    {
        result["events"] = left.Read + right.Read;
        result["dropped_share_left"] = Answer.Number(left.DroppedShare);
        result["dropped_share_right"] = Answer.Number(right.DroppedShare);
    }

    /// <summary>Adds the figures of a depth report under the contract's keys.</summary>
    public static void AddErrors(JsonObject result, DepthReport report)
    {
        result["mean_depth_error_cm"] = Answer.Number(report.MeanDepthErrorCm, 3);
        result["mean_depth_error_pixelwise_cm"] = Answer.Number(report.MeanDepthErrorPixelwiseCm, 3);
        result["median_depth_error_cm"] = Answer.Number(report.MedianDepthErrorCm, 3);
        result["mean_disparity_error_px"] = Answer.Number(report.MeanDisparityErrorPx, 4);
        result["one_pixel_accuracy"] = Answer.Number(report.OnePixelAccuracy);
        result["one_seventh_pixel_accuracy"] = Answer.Number(report.OneSeventhPixelAccuracy);
        result["abs_rel"] = Answer.Number(report.AbsRel);
        result["sq_rel"] = Answer.Number(report.SqRel);
        result["rmse_m"] = Answer.Number(report.RmseM);
        result["rmse_log"] = Answer.Number(report.RmseLog);
        result["silog"] = Answer.Number(report.Silog);
        result["delta1"] = Answer.Number(report.Delta1);
        result["delta2"] = Answer.Number(report.Delta2);
        result["delta3"] = Answer.Number(report.Delta3);
    }

    /// <summary>The gates by name, each with its value, what is expected and whether it passed.</summary>
    public static JsonObject Gates(IEnumerable<Gate> gates)
    {
        var result = new JsonObject();
        foreach (Gate gate in gates)
        {
            result.Add(gate.Name, new JsonObject { ["value"] = Answer.Number(gate.Value, 4), ["expected"] = gate.Expected, ["passed"] = gate.Passed });
        }

        return result;
    }

    private static JsonObject? Errors(DepthReport? report)
    {
        if (report is null)
        {
            return null;
        }

        var figures = new JsonObject();
        AddErrors(figures, report);
        return figures;
    }

    /// <summary>The whole of a recording's report, in the contract's order.</summary>
    public static JsonObject Result(RecordingReport report, IDepthEngine engine, PipelineCounters counters)
    {
        JsonObject result = Result(report, FiringRate(engine));
        AddCounters(result, counters);
        return result;
    }

    /// <summary>The report of a recording that was scored in parts: the same but for how fast it went.</summary>
    public static JsonObject Result(RecordingReport report, IReadOnlyList<EvaluationPart> parts)
    {
        JsonObject result = Result(report, FiringRate(EvaluationPart.JoinFiringRates(parts)));
        AddEvents(result, Sum(parts.Select(part => part.Left)), Sum(parts.Select(part => part.Right)));
        return result;

        static EventTally Sum(IEnumerable<EventTally> tallies) => tallies.Aggregate((a, b) => new EventTally(a.Read + b.Read, a.Dropped + b.Dropped));
    }

    private static JsonObject Result(RecordingReport report, JsonObject firingRate)
    {
        var result = new JsonObject { ["frames"] = report.Network.Frames, ["pixels"] = report.Network.Pixels };
        AddErrors(result, report.Network);
        result["median_disparity_bias_px"] = Answer.Number(report.MedianDisparityBiasPx, 4);
        result["firing_rate"] = firingRate;
        var baselines = new JsonObject();
        foreach (BaselineReport baseline in report.Baselines)
        {
            var figures = new JsonObject();
            if (baseline.Metres is { } metres)
            {
                figures["metres"] = Answer.Number(metres, 4);
            }

            AddErrors(figures, baseline.Report);
            if (baseline.AnsweredShare is { } share)
            {
                figures["answered_share"] = Answer.Number(share);
                figures["answered"] = Errors(baseline.Answered);
            }

            baselines.Add(baseline.Name, figures);
        }

        result["baselines"] = baselines;
        result["frames_without_truth"] = report.Network.FramesWithoutTruth;
        result["definition"] = report.Network.Definition;
        return result;
    }
}
