using System.Globalization;

namespace StereoSpike.Training;

/// <summary>How one run of a variant did on the test scenes.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="MeanDepthErrorCm">All known pixels, mean of image means, cm.</param>
/// <param name="EventDisparityErrorPx">Pixels with left events, px.</param>
/// <param name="EventOnePixelAccuracy">The same pixels, share within 1 px, 0..1.</param>
/// <param name="FiringRate">Mean over all neurons, 0..1; NaN for an analog twin.</param>
/// <param name="TrainingDepthErrorCm">Mean depth error on training samples, cm: how much is lost on what was never seen.</param>
/// <param name="Parameters">Number of learned values.</param>
/// <param name="Seconds">Of training steps.</param>
public sealed record AblationScore(
    string Variant, int Seed, double MeanDepthErrorCm, double EventDisparityErrorPx, double EventOnePixelAccuracy, double FiringRate, double TrainingDepthErrorCm, int Parameters, double Seconds)
{
    /// <summary>A table of scores in Markdown: one row a variant, mean and range over its seeds.</summary>
    /// <param name="scores">The scores, in the order the rows shall have.</param>
    public static string Table(IReadOnlyList<AblationScore> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        IEnumerable<string> rows = scores.GroupBy(score => score.Variant).Select(runs => string.Join(" | ", (IEnumerable<string>)
        [
            $"| {runs.Key}",
            Spread(runs.Select(run => run.MeanDepthErrorCm), "F1"),
            Spread(runs.Select(run => run.EventDisparityErrorPx), "F2"),
            Spread(runs.Select(run => 100 * run.EventOnePixelAccuracy), "F1"),
            Spread(runs.Select(run => 100 * run.FiringRate), "F1"),
            Spread(runs.Select(run => run.TrainingDepthErrorCm), "F1"),
            runs.First().Parameters.ToString(CultureInfo.InvariantCulture),
            Spread(runs.Select(run => run.Seconds), "F0"),
            $"{string.Join(", ", runs.Select(run => run.Seed))} |",
        ]));
        return string.Join('\n', (IEnumerable<string>)
        [
            "| variant | depth error, cm | disparity error at events, px | within 1 px at events, % | firing, % | depth error on training samples, cm | parameters | s | seeds |",
            "|---|---|---|---|---|---|---|---|---|",
            .. rows,
        ]) + "\n";
    }

    private static string Spread(IEnumerable<double> values, string format)
    {
        double[] sorted = [.. values.Order()];
        string mean = Text(sorted.Average());
        return sorted.Length == 1 || double.IsNaN(sorted[0]) ? mean : $"{mean} ({Text(sorted[0])}–{Text(sorted[^1])})";

        string Text(double value) => double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);
    }
}
