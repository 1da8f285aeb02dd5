using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike classify demo</c>: trains and judges a small network on images that ship with the program.</summary>
internal static class ClassifyDemoCommand
{
    private static readonly Option<string> Out = new("--out") { Description = "The folder to write to.", DefaultValueFactory = _ => Path.Combine("demo", "classify") };

    public static Command Make()
    {
        var command = new Command("demo", "Train S4NN on 400 Fashion-MNIST images that ship with the program, and judge it on 200 others. Needs no data; takes a few seconds.") { Out };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string folder = arguments.GetRequiredValue(Out), shipped = Path.Combine(AppContext.BaseDirectory, "Assets", "fashion-mnist");
        LabelledImages training = LabelledImages.Load(shipped, ImageSplit.Train), test = LabelledImages.Load(shipped, ImageSplit.Test);
        (LatencySettings network, LatencyTrainingSettings settings) = LatencyPresets.FashionDemo;
        string run = Path.Combine(folder, $"run-{DateTime.UtcNow:yyyyMMdd-HHmmss}");
        using (var progress = new TerminalProgress("training"))
        {
            new LatencyTrainer(network, settings with { Seed = arguments.GetValue(CommonOptions.Seed) }, training, run).Run(progress, cancellation);
        }

        LatencyWeights weights = LatencyWeights.Load(Path.Combine(run, LatencyTrainer.BestWeights));
        (ClassificationScore score, double seconds) = LatencyFiles.Score(weights, test, cancellation);
        JsonObject result = LatencyFiles.Result(score, seconds);
        result["weights"] = Path.Combine(run, LatencyTrainer.BestWeights);
        string confusion = Path.Combine(folder, "confusion.png");
        ConfusionPicture.Draw(score).Save(confusion);
        result["confusion"] = confusion;
        result["raster"] = ClassifyInferCommand.Show(weights, test, 0, folder)["raster"]!.GetValue<string>();
        Answer.Print(arguments, result);
        return Shell.Done;
    }
}
