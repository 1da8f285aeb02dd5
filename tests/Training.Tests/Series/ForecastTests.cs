using System.Globalization;
using StereoSpike.Tests;

namespace StereoSpike.Training.Tests.Series;

public sealed class ForecastTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_hour_that_is_judged_is_learned_and_the_scale_knows_nothing_of_it()
    {
        // Value = number of the hour. With a scale c the target of hour h is 24/c everywhere, and an input's last value is now/c.
        string path = Write(300, hour => hour);
        var task = new ForecastTask { Samples = new ForecastEncoding { Question = ForecastQuestion.Day } };

        SeriesFold fold = task.Folds(task.Load(path), "chronological", 1)[0];

        double scale = SeriesEncoding.Read<ForecastEncoding>(task.Encoding, "").Scale;
        double Now(SeriesInput input) => Math.Round(input.ToArray()[^2] * scale);
        double lastLearned = Now(fold.Training.Inputs[^1]) + 24, firstJudged = Now(fold.Test.Inputs[0]) + 1;
        Assert.True(lastLearned < firstJudged, $"hour {lastLearned} is learned, hour {firstJudged} judged");
        Assert.Equal((firstJudged - 1) / 2, scale, 1e-9);   // the mean of 0 to the hour of the first judged forecast
    }

    [Fact]
    public void The_same_hour_of_the_day_before_is_off_by_what_a_day_changes()
    {
        var task = new ForecastTask();
        SeriesFold fold = task.Folds(task.Load(Write(300, hour => 100 + (hour / 24))), "chronological", 1)[0];

        double scale = SeriesEncoding.Read<ForecastEncoding>(task.Encoding, "").Scale;
        Assert.Equal(1 / scale, task.Baselines(fold)["seasonal_naive"], 1e-6);   // one more every day
    }

    [Fact]
    public void A_linear_autoregression_predicts_what_is_linear_in_its_inputs()
    {
        // A wave of 37 hours satisfies x[t+1] = 2·cos(2π/37)·x[t] − x[t−1], and so does its change from day to day.
        var task = new ForecastTask();
        SeriesFold fold = task.Folds(task.Load(Write(600, hour => 10 + Math.Sin(2 * Math.PI * hour / 37))), "chronological", 1)[0];

        IReadOnlyDictionary<string, double> errors = task.Baselines(fold);

        Assert.True(errors["linear_autoregression"] < 0.01 * errors["seasonal_naive"], $"{errors["linear_autoregression"]}, {errors["seasonal_naive"]}");   // the ridge leaves a little
    }

    [Fact]
    public void A_prediction_comes_in_the_datas_own_unit()
    {
        var task = new ForecastTask { Samples = new ForecastEncoding { Question = ForecastQuestion.Day } };
        string path = Write(300, hour => 1000 + (hour % 24));
        task.Load(path);
        float[] input = task.Encode(path)[0].Input;

        IReadOnlyList<double> predictions = task.Predict(input, new float[24]);   // "as the day before"

        Assert.Equal(Enumerable.Range(300, 24).Select(hour => 1000.0 + (hour % 24)), predictions.Select(value => Math.Round(value)));
    }

    [Fact]
    public void A_missing_hour_is_refused_by_its_line()
    {
        string path = Write(100, hour => hour);
        File.WriteAllLines(path, File.ReadAllLines(path).Where((_, line) => line != 50));

        Assert.Contains("line 51: is of", Assert.Throws<InvalidDataException>(() => new ForecastTask().Load(path)).Message, StringComparison.Ordinal);
    }

    private string Write(int hours, Func<int, double> value)
    {
        string path = _folder.File("series.csv");
        var start = new DateTime(2005, 6, 7);
        File.WriteAllLines(path, ["Time,Value", .. Enumerable.Range(0, hours).Select(hour => string.Create(CultureInfo.InvariantCulture, $"{start.AddHours(hour):yyyy-MM-dd HH:mm:ss},{value(hour):R}"))]);
        return path;
    }
}
