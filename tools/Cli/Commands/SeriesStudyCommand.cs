using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike series study --task T --data PATH</c></summary>
internal static class SeriesStudyCommand
{
    private static readonly Option<int> Seeds = new("--seeds") { Description = "Seeds, from --seed on.", DefaultValueFactory = _ => 3 };
    private static readonly Option<bool> Twin = new("--twin") { Description = "Train the twin that does not spike as well, on the same samples." };

    public static Command Make()
    {
        var command = new Command("study", "Train and judge on every part of a split, for several seeds, beside what needs no learning.")
        {
            SeriesCommand.Task, SeriesCommand.Question, SeriesCommand.Encoder, SeriesCommand.Data, SeriesCommand.Split, SeriesCommand.Fold, Seeds, Twin,
        };
        SeriesOptions.AddTo(command);
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        int first = arguments.GetValue(CommonOptions.Seed), seeds = Guard.AtLeast(arguments.GetValue(Seeds), 1, "--seeds");
        ISeriesTask task = SeriesTasks.Of(arguments.GetRequiredValue(SeriesCommand.Task), arguments.GetValue(SeriesCommand.Question), arguments.GetValue(SeriesCommand.Encoder));
        SeriesSet samples = task.Load(arguments.GetRequiredValue(SeriesCommand.Data));
        string split = arguments.GetValue(SeriesCommand.Split) ?? task.Splits.Keys.First();
        SeriesSettings network = SeriesOptions.Network(arguments, task.Network);
        (string Name, SeriesSettings Settings)[] networks = arguments.GetValue(Twin) ? [("spiking", network), ("analog twin", network.Analog())] : [("spiking", network)];
        string? only = arguments.GetValue(SeriesCommand.Fold);
        JsonArray rows = [], parts = [];
        JsonObject baselines = [];
        using (var progress = new TerminalProgress("study"))
        {
            foreach ((string name, SeriesSettings settings) in networks)
            {
                for (int seed = first; seed < first + seeds; seed++)
                {
                    SeriesFold[] folds = [.. task.Folds(samples, split, seed).Where(fold => only is null || fold.Name == only)];
                    if (folds.Length == 0)
                    {
                        throw new ArgumentException($"The split {split} has no part \"{only}\".");
                    }

                    (JsonObject row, List<(SeriesFold Fold, SeriesScore Score)> scores) = Judge(arguments, task, name, settings, folds, seed, progress, cancellation);
                    rows.Add(row);
                    foreach ((SeriesFold fold, SeriesScore score) in scores.Where(_ => folds.Length > 1))
                    {
                        parts.Add(new JsonObject { ["network"] = name, ["seed"] = seed, ["fold"] = fold.Name, ["samples"] = fold.Test.Count, [Figure(fold.Test)] = Answer.Number(Value(fold.Test, score), 4) });
                    }

                    baselines = Baselines(task, folds);
                }
            }
        }

        var result = new JsonObject { ["task"] = task.Name, ["split"] = split, ["runs"] = rows };
        if (parts.Count > 0)
        {
            result["folds"] = parts;
        }

        result["baselines"] = baselines;
        result["summary"] = Summary(rows);
        Answer.Print(arguments, result);
        return Shell.Done;
    }

    /// <summary>Trains on every fold with one seed; scores are pooled over the folds' test samples.</summary>
    private static (JsonObject Row, List<(SeriesFold Fold, SeriesScore Score)> Scores) Judge(
        ParseResult arguments, ISeriesTask task, string name, SeriesSettings settings, SeriesFold[] folds, int seed, TerminalProgress progress, CancellationToken cancellation)
    {
        SeriesTrainingSettings training = SeriesOptions.Training(arguments, task.Training) with { Seed = seed };
        var scores = new List<(SeriesFold Fold, SeriesScore Score)>();
        int done = 0, parameters = 0;
        foreach (SeriesFold fold in folds)
        {
            SeriesNetwork trained = SeriesRun.Train(settings, training, fold, epoch => progress.Report(
                ((long)done * training.Epochs) + epoch.Epoch, (long)folds.Length * training.Epochs, $"{name}, seed {seed}, {fold.Name}, epoch {epoch.Epoch}"), null, cancellation).Network;
            (parameters, done) = (trained.Size, done + 1);
            scores.Add((fold, SeriesTrainer.Score(trained, fold.Test, training.Threads)));
        }

        SeriesSet all = new([.. scores.SelectMany(part => part.Fold.Test.Inputs)], [.. scores.SelectMany(part => part.Fold.Test.Labels)],
            [.. scores.SelectMany(part => part.Fold.Test.Targets)], [.. scores.SelectMany(part => part.Fold.Test.Groups)]);
        JsonObject result = SeriesFigures.Result(settings, all, Pool(scores, all));
        var row = new JsonObject { ["network"] = name, ["seed"] = seed, ["parameters"] = parameters };
        foreach ((string key, JsonNode? value) in result)
        {
            row[key] = value?.DeepClone();
        }

        row.Remove("layer_activity");
        return (row, scores);
    }

    /// <summary>Pooled over the folds, like the networks' figures.</summary>
    private static JsonObject Baselines(ISeriesTask task, SeriesFold[] folds) => new(folds
        .SelectMany(fold => task.Baselines(fold).Select(pair => (pair.Key, Sum: pair.Value * fold.Test.Count)))
        .GroupBy(pair => pair.Key)
        .Select(group => KeyValuePair.Create(group.Key, Answer.Number(group.Sum(pair => pair.Sum) / folds.Sum(fold => fold.Test.Count)))));

    private static string Figure(SeriesSet samples) => samples.Labels.Count > 0 ? "accuracy" : "mae";

    private static double Value(SeriesSet samples, SeriesScore score) => samples.Labels.Count > 0 ? score.Accuracy : SeriesFigures.MeanAbsoluteError(samples, score);

    private static SeriesScore Pool(List<(SeriesFold Fold, SeriesScore Score)> parts, SeriesSet all)
    {
        double Mean(Func<SeriesScore, double> of) => parts.Sum(part => of(part.Score) * part.Fold.Test.Count) / all.Count;
        return new SeriesScore(Mean(score => score.Loss), Mean(score => score.Accuracy), Mean(score => score.Activity),
            [.. Enumerable.Range(0, parts[0].Score.LayerActivity.Count).Select(layer => Mean(score => score.LayerActivity[layer]))], [.. parts.SelectMany(part => part.Score.Scores)]);
    }

    /// <summary>Mean and standard deviation over seeds of each figure.</summary>
    private static JsonArray Summary(JsonArray rows)
    {
        string[] figures = ["accuracy", "balanced_accuracy", "mae", "sensitivity", "specificity", "auc", "activity"];
        var summary = new JsonArray();
        foreach (IGrouping<string, JsonObject> group in rows.Select(row => row!.AsObject()).GroupBy(row => row["network"]!.GetValue<string>()))
        {
            var line = new JsonObject { ["network"] = group.Key };
            foreach (string figure in figures.Where(figure => group.First().ContainsKey(figure)))
            {
                double[] values = [.. group.Select(row => row[figure]?.GetValue<double>() ?? double.NaN)];
                double mean = values.Average();
                line[figure] = Answer.Number(mean, 4);
                line[$"{figure}_sd"] = Answer.Number(values.Length > 1 ? Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)) : double.NaN, 4);
            }

            summary.Add(line);
        }

        return summary;
    }
}
