using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary>What the verbs that run a latency network share: its options, its file, its score as JSON.</summary>
internal static class LatencyFiles
{
    public static Option<ClassifyMethod> Method { get; } = new("--method")
    {
        Description = "s4nn (real weights), bs4nn (weights of −1 and +1), stidi (real weights, charge that comes as a ramp) or ttfs (convolutions, by surrogate gradients).",
        DefaultValueFactory = _ => ClassifyMethod.S4nn,
    };

    public static Option<string> Weights { get; } = new("--weights")
    {
        Description = "A .safetensors file of classify train, or an .npz with arrays w0 [hidden, H·W] and w1 [10, hidden].",
        Required = true,
    };

    public static Option<float> Threshold { get; } = new("--threshold") { Description = "θ of the hidden layer, for .npz weights.", DefaultValueFactory = _ => 100f };
    public static Option<float?> OutputThreshold { get; } = new("--output-threshold") { Description = "θ of the output layer, for .npz weights; the hidden layer's if left out." };
    public static Option<int> Steps { get; } = new("--t-max") { Description = "Steps, S4NN's t_max, for .npz weights.", DefaultValueFactory = _ => 256 };
    public static Option<int?> Ramp { get; } = new("--ramp-steps") { Description = "stidi: steps over which a spike's charge comes." };
    public static Option<string?> LabelOrder { get; } = new("--label-order") { Description = "The class of each output, for .npz weights: 4,1,0,7,9,2,3,5,8,6 for S4NN's released ones. 0,1,…,9 if left out." };

    /// <summary>Reads the weights named on the command line, checked against the images they are for.</summary>
    public static LatencyWeights Load(ParseResult arguments, LabelledImages images)
    {
        string path = arguments.GetRequiredValue(Weights);
        LatencyMethod method = Rule(arguments);
        LatencyWeights weights = path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase) ? LatencyWeights.FromArrays(path, Constants(arguments, images)) : LatencyWeights.Load(path);
        if (weights.Settings.Method != method)
        {
            throw new ArgumentException($"{path} is a network of the method {weights.Settings.Method.ToString().ToLowerInvariant()}; say so with --method.");
        }

        return weights.Settings.Height == images.Height && weights.Settings.Width == images.Width
            ? weights
            : throw new ArgumentException($"{path} takes images of {weights.Settings.Width}×{weights.Settings.Height} px; these are of {images.Width}×{images.Height}.");
    }

    /// <summary>Decides on every image, from pixels to answer; the time of that is measured.</summary>
    public static (ClassificationScore Score, double Seconds) Score(LatencyWeights weights, LabelledImages images, CancellationToken cancellation)
    {
        LatencyReader reader = new(weights);
        var score = new ClassificationScore();
        using var progress = new TerminalProgress("deciding");
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < images.Count; i++)
        {
            score.Add(reader.Decide(images.Image(i)), weights.Settings.LabelOrder, images.Labels[i]);
            if (i % 1000 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Report(i, images.Count);
            }
        }

        return (score, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public static JsonObject Result(ClassificationScore score, double seconds) => new()
    {
        ["images"] = score.Images,
        ["accuracy_inclusive"] = Answer.Number(score.AccuracyInclusive),
        ["accuracy_strict"] = Answer.Number(score.AccuracyStrict),
        ["silent_share"] = Answer.Number(score.SilentShare),
        ["mean_decision_step"] = Answer.Number(score.MeanDecisionStep, 3),
        ["images_per_second"] = Answer.Number(score.Images / seconds, 0),
    };

    /// <summary>Which rule of latency networks is asked for.</summary>
    public static LatencyMethod Rule(ParseResult arguments) => arguments.GetValue(Method) switch
    {
        ClassifyMethod.S4nn => LatencyMethod.S4nn,
        ClassifyMethod.Bs4nn => LatencyMethod.Bs4nn,
        ClassifyMethod.Stidi => LatencyMethod.Stidi,
        _ => throw new ArgumentException("The method ttfs has no latency rule."),
    };

    private static LatencySettings Constants(ParseResult arguments, LabelledImages images)
    {
        float threshold = arguments.GetValue(Threshold);
        var settings = new LatencySettings
        {
            Method = Rule(arguments),
            RampSteps = Rule(arguments) == LatencyMethod.Stidi ? arguments.GetValue(Ramp) ?? LatencyPresets.For(LatencyMethod.Stidi).Network.RampSteps : 0,
            Height = images.Height,
            Width = images.Width,
            HiddenThreshold = threshold,
            OutputThreshold = arguments.GetValue(OutputThreshold) ?? threshold,
            Steps = arguments.GetValue(Steps),
        };
        return arguments.GetValue(LabelOrder) is { } order ? settings with { LabelOrder = Classes(order) } : settings;
    }

    private static int[] Classes(string order)
    {
        string[] parts = order.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        return Array.TrueForAll(parts, part => int.TryParse(part, out _))
            ? Array.ConvertAll(parts, int.Parse)
            : throw new ArgumentException($"--label-order is \"{order}\"; write ten classes with commas between them, such as 4,1,0,7,9,2,3,5,8,6.");
    }
}
