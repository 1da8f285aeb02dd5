using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike classify train --method M --data FOLDER --out RUN</c></summary>
internal static class ClassifyTrainCommand
{
    private static readonly Option<string> Out = new("--out") { Description = "The run's folder: weights.safetensors (best epoch on validation), log.csv.", Required = true };
    public static readonly Option<int?> Epochs = new("--epochs") { Description = "Passes over the images; 0 keeps the first weights, a control." };
    private static readonly Option<int?> Hidden = new("--hidden") { Description = "Hidden neurons." };
    public static readonly Option<float?> LearningRate = new("--learning-rate") { Description = "Step of the rule." };
    private static readonly Option<double?> ConstantShare = new("--constant-share") { Description = "Share of the epochs before the step falls, 0 to 1; 1 keeps it." };
    private static readonly Option<int?> Gamma = new("--gamma") { Description = "How many steps behind the right output the others should fire." };
    private static readonly Option<float[]> FirstWeights = new("--first-weights") { Description = "Upper bounds of the first weights, hidden and output, which are drawn from 0: 5 48 for S4NN.", Arity = new ArgumentArity(2, 2), AllowMultipleArgumentsPerToken = true };
    private static readonly Option<double?> Calibrate = new("--calibrate") { Description = "s4nn: set the hidden layer's threshold so that half of its neurons fire by this share of the window at the start, such as 0.2; S4NN's 100, made for MNIST, if left out." };
    private static readonly Option<int?> Average = new("--average") { Description = "Judge and keep weights averaged over so many images, such as 55000; those of the last image if left out." };
    private static readonly Option<bool> Shuffle = new("--shuffle") { Description = "Draw a new order of the images every epoch." };
    public static readonly Option<int?> Validation = new("--validation-images") { Description = "Images at the end of the training set that only choose the best epoch." };
    public static readonly Option<bool> ShuffledLabels = new("--shuffled-labels") { Description = "A control: give the training images each other's labels." };

    public static Command Make()
    {
        var command = new Command("train", "Train a network on MNIST, Fashion-MNIST or recordings. The best epoch is chosen on images held back from training; test images are never looked at.")
        {
            LatencyFiles.Method, ClassifyCommand.Data, Out, Epochs, Hidden, LearningRate, ConstantShare, Gamma, LatencyFiles.Ramp, FirstWeights, Calibrate, Average, Shuffle, Validation, ShuffledLabels,
            TtfsRuns.Network, TtfsRuns.Steps, TtfsRuns.Batch, TtfsRuns.Shift, TtfsRuns.Mirror, TtfsRuns.Smoothing,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        int seed = arguments.GetValue(CommonOptions.Seed);
        string folder = arguments.GetRequiredValue(Out);
        LabelledImages images = ClassifyCommand.Load(arguments, ImageSplit.Train);
        images = arguments.GetValue(ShuffledLabels) ? images.WithShuffledLabels(seed) : images;
        if (arguments.GetValue(LatencyFiles.Method) == ClassifyMethod.Ttfs)
        {
            Answer.Print(arguments, TtfsRuns.Train(arguments, images, folder, cancellation));
            return Shell.Done;
        }

        (LatencySettings network, LatencyTrainingSettings start) = LatencyPresets.For(LatencyFiles.Rule(arguments));
        float[] bounds = arguments.GetValue(FirstWeights) is { Length: 2 } given ? given : [start.HiddenInitMaximum, start.OutputInitMaximum];
        LatencyTrainingSettings settings = start with
        {
            Epochs = arguments.GetValue(Epochs) ?? start.Epochs,
            LearningRate = arguments.GetValue(LearningRate) ?? start.LearningRate,
            ConstantShare = arguments.GetValue(ConstantShare) ?? start.ConstantShare,
            Gamma = arguments.GetValue(Gamma) ?? start.Gamma,
            HiddenInitMaximum = bounds[0],
            OutputInitMaximum = bounds[1],
            CalibrationShare = arguments.GetValue(Calibrate) ?? start.CalibrationShare,
            AverageImages = arguments.GetValue(Average) ?? start.AverageImages,
            Shuffle = arguments.GetValue(Shuffle) || start.Shuffle,
            ValidationImages = arguments.GetValue(Validation) ?? start.ValidationImages,
            Seed = seed,
        };
        var trainer = new LatencyTrainer(
            network with { Hidden = arguments.GetValue(Hidden) ?? network.Hidden, RampSteps = network.RampSteps > 0 ? arguments.GetValue(LatencyFiles.Ramp) ?? network.RampSteps : 0 }, settings, images, folder);
        LatencyEpoch best;
        using (var progress = new TerminalProgress("training"))
        {
            best = trainer.Run(progress, cancellation);
        }

        Answer.Print(arguments, new JsonObject
        {
            ["run"] = folder,
            ["weights"] = Path.Combine(folder, LatencyTrainer.BestWeights),
            ["best_epoch"] = best.Epoch,
            ["validation_images"] = settings.ValidationImages,
            ["validation_accuracy_inclusive"] = Answer.Number(best.AccuracyInclusive),
            ["validation_accuracy_strict"] = Answer.Number(best.AccuracyStrict),
            ["epoch_seconds"] = Answer.Number(best.Seconds, 2),
        });
        return Shell.Done;
    }
}
