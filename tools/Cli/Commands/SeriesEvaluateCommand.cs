using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike series evaluate --task T --weights FILE --data PATH</c></summary>
internal static class SeriesEvaluateCommand
{
    private static readonly Option<string?> Out = new("--out") { Description = "Folder for confusion.png; no picture if left out." };

    public static Command Make()
    {
        var command = new Command("evaluate", "Score a network on the samples that its training kept out, beside what needs no learning.")
        {
            SeriesCommand.Task, SeriesCommand.Weights, SeriesCommand.Data, SeriesCommand.Split, SeriesCommand.Fold, Out,
        };
        command.SetAction((arguments, _) => Task.Run(() => Run(arguments), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        (SeriesNetwork network, ISeriesTask task, IReadOnlyDictionary<string, string> notes) = SeriesFigures.Load(arguments);
        SeriesSet samples = task.Load(arguments.GetRequiredValue(SeriesCommand.Data));
        string? asked = arguments.GetValue(SeriesCommand.Split);
        int seed = notes.TryGetValue(SeriesRun.SeedNote, out string? text) && int.TryParse(text, out int number) ? number : 1;
        (string split, SeriesFold fold) = SeriesFigures.Fold(task, samples, asked ?? notes.GetValueOrDefault(SeriesRun.SplitNote),
            arguments.GetValue(SeriesCommand.Fold) ?? (asked is null ? notes.GetValueOrDefault(SeriesRun.FoldNote) : null), seed);
        long started = Stopwatch.GetTimestamp();
        SeriesScore score = SeriesTrainer.Score(network, fold.Test, SeriesOptions.Threads(arguments));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        JsonObject result = SeriesFigures.Result(network.Settings, fold.Test, score);
        if (fold.Test.Labels.Count > 0)
        {
            result["accuracy_shuffled_steps"] = Answer.Number(SeriesTrainer.Score(network, fold.Test.WithShuffledSteps(network.Settings.InputWidth, seed), SeriesOptions.Threads(arguments)).Accuracy);
        }

        result["split"] = split;
        result["fold"] = fold.Name;
        result["parameters"] = network.Size;
        result["samples_per_second"] = Answer.Number(fold.Test.Count / seconds, 0);
        result["baselines"] = SeriesFigures.Baselines(task, fold);
        if (arguments.GetValue(Out) is { } folder && fold.Test.Labels.Count > 0)
        {
            string path = Path.Combine(folder, "confusion.png");
            SeriesConfusion confusion = SeriesConfusion.Of(fold.Test.Labels, score.Decisions, network.Settings.Outputs.Count);
            ConfusionPicture.Draw(confusion.Counts, network.Settings.Outputs, $"{fold.Test.Count} samples, accuracy {SeriesFigures.Percent(score.Accuracy)}").Save(path);
            result["confusion"] = path;
        }

        Answer.Print(arguments, result);
        return Shell.Done;
    }
}
