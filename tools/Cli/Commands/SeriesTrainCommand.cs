using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike series train --task T --data PATH --out RUN</c></summary>
internal static class SeriesTrainCommand
{
    private static readonly Option<string> Out = new("--out") { Description = "The run's folder: weights.safetensors (best epoch on validation), log.csv.", Required = true };
    private static readonly Option<bool> Analog = new("--analog") { Description = "Train the twin that does not spike: as many weights, the same memory." };
    private static readonly Option<bool> ShuffledLabels = new("--shuffled-labels") { Description = "A control: give the training samples each other's labels." };

    public static Command Make()
    {
        var command = new Command("train", "Train a network. The epoch is chosen on samples held back from training; those to be judged by are never looked at.")
        {
            SeriesCommand.Task, SeriesCommand.Question, SeriesCommand.Encoder, SeriesCommand.Data, Out, SeriesCommand.Split, SeriesCommand.Fold, Analog, ShuffledLabels,
        };
        SeriesOptions.AddTo(command);
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        int seed = arguments.GetValue(CommonOptions.Seed);
        ISeriesTask task = SeriesTasks.Of(arguments.GetRequiredValue(SeriesCommand.Task), arguments.GetValue(SeriesCommand.Question), arguments.GetValue(SeriesCommand.Encoder));
        SeriesSet samples = task.Load(arguments.GetRequiredValue(SeriesCommand.Data));
        (string split, SeriesFold fold) = SeriesFigures.Fold(task, samples, arguments.GetValue(SeriesCommand.Split), arguments.GetValue(SeriesCommand.Fold), seed);
        SeriesSettings network = SeriesOptions.Network(arguments, task.Network);
        if (arguments.GetValue(ShuffledLabels))
        {
            fold = fold with { Training = fold.Training.WithShuffledLabels(seed) };
        }

        string folder = arguments.GetRequiredValue(Out);
        SeriesNetwork trained;
        SeriesEpoch best;
        using (var progress = new TerminalProgress("training"))
        {
            (trained, best) = SeriesRun.Train(task, arguments.GetValue(Analog) ? network.Analog() : network, SeriesOptions.Training(arguments, task.Training), split, fold, folder, progress, cancellation);
        }

        Answer.Print(arguments, new JsonObject
        {
            ["run"] = folder,
            ["weights"] = Path.Combine(folder, SeriesRun.WeightsFile),
            ["split"] = split,
            ["fold"] = fold.Name,
            ["training_samples"] = fold.Training.Count,
            ["parameters"] = trained.Size,
            ["best_epoch"] = best.Epoch,
            ["validation_loss"] = Answer.Number(best.ValidationLoss),
            ["validation_accuracy"] = Answer.Number(best.ValidationAccuracy),
            ["activity"] = Answer.Number(best.Activity),
            ["epoch_seconds"] = Answer.Number(best.Seconds, 2),
        });
        return Shell.Done;
    }
}
