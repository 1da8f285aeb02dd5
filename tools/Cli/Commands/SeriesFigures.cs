using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary>What the verbs about series share: weights and their task, samples, scores as JSON.</summary>
internal static class SeriesFigures
{
    /// <summary>Reads weights and the task they were made for.</summary>
    public static (SeriesNetwork Network, ISeriesTask Task, IReadOnlyDictionary<string, string> Notes) Load(ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(SeriesCommand.Weights), name = SeriesTasks.Of(arguments.GetRequiredValue(SeriesCommand.Task)).Name;
        (SeriesNetwork network, IReadOnlyDictionary<string, string> notes) = SeriesWeights.Load(path, name);
        return (network, SeriesTasks.Restore(name, notes.GetValueOrDefault(SeriesRun.EncodingNote, ""), path), notes);
    }

    /// <summary>The fold asked for.</summary>
    public static (string Split, SeriesFold Fold) Fold(ISeriesTask task, SeriesSet samples, string? split, string? fold, int seed)
    {
        split ??= task.Splits.Keys.First();
        IReadOnlyList<SeriesFold> folds = task.Folds(samples, split, seed);
        return (split, fold is null ? folds[0] : folds.FirstOrDefault(candidate => candidate.Name == fold)
            ?? throw new ArgumentException($"The split {split} has no part \"{fold}\"; it has {string.Join(", ", folds.Select(candidate => candidate.Name))}."));
    }

    /// <summary>A score as JSON.</summary>
    public static JsonObject Result(SeriesSettings settings, SeriesSet samples, SeriesScore score)
    {
        var result = new JsonObject { ["samples"] = samples.Count };
        if (samples.Labels.Count > 0)
        {
            result["accuracy"] = Answer.Number(score.Accuracy);
            result["balanced_accuracy"] = Answer.Number(SeriesConfusion.Of(samples.Labels, score.Decisions, settings.Outputs.Count).BalancedAccuracy);
        }
        else
        {
            result["mae"] = Answer.Number(MeanAbsoluteError(samples, score));
        }

        if (settings.Outputs.Count == 2)
        {
            BinaryScore binary = Binary(samples, score);
            result["sensitivity"] = Answer.Number(binary.Sensitivity);
            result["specificity"] = Answer.Number(binary.Specificity);
            result["auc"] = Answer.Number(binary.Auc);
        }

        result["activity"] = Answer.Number(score.Activity);
        result["layer_activity"] = new JsonArray([.. score.LayerActivity.Select(activity => Answer.Number(activity))]);
        return result;
    }

    /// <summary>Two classes, of which the second is the one to be found.</summary>
    public static BinaryScore Binary(SeriesSet samples, SeriesScore score) =>
        BinaryScore.Of([.. score.Scores.Select(scores => scores[1] - scores[0])], [.. samples.Labels.Select(label => label == 1)]);

    public static double MeanAbsoluteError(SeriesSet samples, SeriesScore score) =>
        Enumerable.Range(0, samples.Count).Average(sample => score.Scores[sample].Zip(samples.Targets[sample], (found, wanted) => Math.Abs(found - wanted)).Average());

    public static JsonObject Baselines(ISeriesTask task, SeriesFold fold) => new(task.Baselines(fold).Select(pair => KeyValuePair.Create(pair.Key, Answer.Number(pair.Value))));

    public static string Percent(double share, int decimals = 1) => (100 * share).ToString($"F{decimals}", CultureInfo.InvariantCulture) + " %";
}
