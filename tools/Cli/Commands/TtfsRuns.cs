using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary>What the <c>classify</c> verbs do with <c>--method ttfs</c>.</summary>
internal static class TtfsRuns
{
    private const int ImagesAtOnce = 32;

    public static Option<string?> Network { get; } = new("--network") { Description = "ttfs: stages between pixels and outputs, such as 32C3-P2-64C3-P2-128 (convolution to 32 channels with 3×3 kernels, mean over 2×2, …, 128 neurons)." };
    public static Option<int?> Steps { get; } = new("--steps") { Description = "ttfs: steps of each layer's window." };
    public static Option<int?> Batch { get; } = new("--batch") { Description = "ttfs: images a step." };
    public static Option<int?> Shift { get; } = new("--shift") { Description = "ttfs: images are moved by up to this many pixels while learning." };
    public static Option<bool> Mirror { get; } = new("--mirror") { Description = "ttfs: show every second image with left and right exchanged; for clothes, not for digits." };
    public static Option<float?> Smoothing { get; } = new("--label-smoothing") { Description = "ttfs: share of the label's probability that the other classes get as their target." };

    /// <summary>The training that the command line asks for.</summary>
    public static (TtfsSettings Network, TtfsTrainingSettings Training) Settings(ParseResult arguments, LabelledImages images)
    {
        (TtfsSettings network, TtfsTrainingSettings start) = TtfsPresets.For(images.Channels);
        return (
            network with { Network = arguments.GetValue(Network) ?? network.Network, Steps = arguments.GetValue(Steps) ?? network.Steps },
            start with
            {
                Epochs = arguments.GetValue(ClassifyTrainCommand.Epochs) ?? start.Epochs,
                LearningRate = arguments.GetValue(ClassifyTrainCommand.LearningRate) ?? start.LearningRate,
                ValidationImages = arguments.GetValue(ClassifyTrainCommand.Validation) ?? start.ValidationImages,
                Batch = arguments.GetValue(Batch) ?? start.Batch,
                Shift = arguments.GetValue(Shift) ?? start.Shift,
                LabelSmoothing = arguments.GetValue(Smoothing) ?? start.LabelSmoothing,
                Mirror = arguments.GetValue(Mirror),
                Seed = arguments.GetValue(CommonOptions.Seed),
            });
    }

    /// <summary>Trains, and says what came of it.</summary>
    public static JsonObject Train(ParseResult arguments, LabelledImages images, string folder, CancellationToken cancellation)
    {
        (TtfsSettings network, TtfsTrainingSettings settings) = Settings(arguments, images);
        var trainer = new TtfsTrainer(network, settings, images, folder);
        TtfsEpoch best;
        using (var progress = new TerminalProgress("training"))
        {
            best = trainer.Run(progress, cancellation);
        }

        return new JsonObject
        {
            ["run"] = folder,
            ["weights"] = Path.Combine(folder, TtfsTrainer.BestWeights),
            ["best_epoch"] = best.Epoch,
            ["validation_images"] = settings.ValidationImages,
            ["validation_accuracy_strict"] = Answer.Number(best.Accuracy),
            ["epoch_seconds"] = Answer.Number(best.Seconds, 2),
        };
    }

    /// <summary>Reads weights, checked against the images they are for.</summary>
    public static TtfsWeights Load(string path, LabelledImages images)
    {
        TtfsWeights weights = TtfsWeights.Load(path);
        TtfsSettings settings = weights.Settings;
        return (settings.Channels, settings.Height, settings.Width) == (images.Channels, images.Height, images.Width)
            ? weights
            : throw new ArgumentException($"{path} takes images of {settings.Channels}×{settings.Height}×{settings.Width}; these are of {images.Channels}×{images.Height}×{images.Width}.");
    }

    /// <summary>Decides on every image, from pixels to answer; the time of that is measured.</summary>
    /// <returns>The score, the seconds, and for each layer the share of its neurons that fired.</returns>
    public static (ClassificationScore Score, double Seconds, double[] FiringShares) Score(TtfsWeights weights, LabelledImages images, CancellationToken cancellation)
    {
        TtfsNetwork network = weights.Network(ImagesAtOnce);
        var encoder = new LatencyEncoder(weights.Settings.Steps);
        var times = new ushort[images.Pixels];
        var score = new ClassificationScore();
        var fired = new double[network.Layers.Count - 1];
        using var progress = new TerminalProgress("deciding");
        var watch = new Stopwatch();
        for (int first = 0; first < images.Count; first += ImagesAtOnce)
        {
            int count = Math.Min(ImagesAtOnce, images.Count - first);
            watch.Start();
            for (int i = 0; i < count; i++)
            {
                encoder.Encode(images.Image(first + i), times);
                network.Show(i, times);
            }

            network.Forward(count);
            for (int i = 0; i < count; i++)
            {
                score.Add(TemporalDecoding.DecideEarly(network, i), TemporalDecoding.Order, images.Labels[first + i]);
            }

            watch.Stop();
            for (int l = 0; l < fired.Length; l++)
            {
                fired[l] += Enumerable.Range(0, count).Sum(i => network.FiringShare(l, i)) / images.Count;
            }

            cancellation.ThrowIfCancellationRequested();
            progress.Report(first, images.Count);
        }

        return (score, watch.Elapsed.TotalSeconds, fired);
    }

    public static JsonObject Evaluate(TtfsWeights weights, LabelledImages images, out ClassificationScore score, CancellationToken cancellation)
    {
        (score, double seconds, double[] shares) = Score(weights, images, cancellation);
        JsonObject result = LatencyFiles.Result(score, seconds);
        result["decision_steps_without_early_exit"] = (shares.Length + 1) * weights.Settings.Steps;
        result["firing_share"] = new JsonObject(shares.Select((share, l) => new KeyValuePair<string, JsonNode?>($"layer{l + 1}", Answer.Number(share, 4))));
        return result;
    }

    /// <summary>Runs one image, and draws it if a folder is given.</summary>
    public static JsonObject Show(TtfsWeights weights, LabelledImages images, int index, string? folder)
    {
        TtfsNetwork network = weights.Network();
        var times = new ushort[images.Pixels];
        new LatencyEncoder(weights.Settings.Steps).Encode(images.Image(index), times);
        network.Show(0, times);
        network.Forward(1);
        LatencyDecision decision = TemporalDecoding.DecideEarly(network, 0);
        var result = new JsonObject
        {
            ["image"] = index,
            ["label"] = images.Labels[index],
            ["decision"] = decision.Output,
            ["tied_with"] = new JsonArray([.. TemporalDecoding.Order.Where(o => o != decision.Output && decision.Includes(o)).Select(o => (JsonNode)o)]),
            ["decision_step"] = decision.Step,
            ["silent"] = decision.Silent,
            ["output_potentials"] = new JsonArray([.. network.Potentials(0).ToArray().Select(v => Answer.Number(v, 4))]),
        };
        if (folder is not null)
        {
            string path = Path.Combine(folder, "raster.png"), headline = string.Create(CultureInfo.InvariantCulture, $"Image {index}: a {images.Labels[index]}, taken for a {decision.Output}");
            SpikeRaster.Draw(network, 0, times, images.Image(index)[..(images.Height * images.Width)], decision, headline).Save(path);
            result["raster"] = path;
        }

        return result;
    }
}
