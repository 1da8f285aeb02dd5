using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>How much traffic there will be in the next hour, or in each of the next 24.</summary>
/// <remarks>Values are shares of their mean over the part that is learned from. The network predicts by how much an hour differs from the same hour of the day before; at every step it sees the value and that difference.</remarks>
public sealed class ForecastTask : ISeriesTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "forecast";

    /// <summary>The season.</summary>
    internal const int HoursOfDay = 24;

    private const string Chronological = "chronological";
    private const double LearnedShare = 0.8;
    private static readonly int[] Dilations = [1, 4];
    private ForecastEncoding _encoding = new();

    /// <summary>How samples are made; the scale is set by <see cref="Load"/>.</summary>
    public ForecastEncoding Samples { get => _encoding; init => _encoding = value; }

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public string Encoding => SeriesEncoding.Write(_encoding);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Splits { get; } = new Dictionary<string, string> { [Chronological] = "the last fifth is judged; nothing of it is known before" };

    /// <inheritdoc/>
    public SeriesSettings Network => new()
    {
        Task = TaskName,
        Steps = _encoding.Steps,
        Inputs = 2,
        IsClassifier = false,
        Outputs = [.. Enumerable.Range(1, Horizon).Select(hour => $"+{hour} h")],
        Readout = SeriesReadoutKind.Last,
        ReadoutBeta = 0.7f,
        Layers = [.. Dilations.Select(dilation => new SeriesLayerSettings { Channels = 32, Kernel = new TemporalKernel { Steps = 4, StepDilation = dilation, Causal = true } })],
    };

    /// <inheritdoc/>
    public SeriesTrainingSettings Training { get; } = new() { Epochs = 40, BatchSize = 16, LearningRate = 3e-3, ActivityPenalty = 0.1f, ActivityTarget = 0.1f };

    private int Horizon => _encoding.Question == ForecastQuestion.Day ? HoursOfDay : 1;

    /// <inheritdoc/>
    public SeriesSet Load(string path)
    {
        IReadOnlyList<double> values = HourlySeries.Load(path).Values;
        int first = _encoding.Steps + HoursOfDay, count = values.Count - Horizon - first + 1;
        if (count < 2 * HoursOfDay)
        {
            throw BadFile.Error(path, "", $"holds {values.Count} hours where {first + Horizon + (2 * HoursOfDay)} are needed", "Take a longer series.");
        }

        _encoding = _encoding with { Scale = values.Take(first + (int)(LearnedShare * count)).Average() };   // up to the hour in which the first judged forecast is made
        int[] nows = [.. Enumerable.Range(first - 1, count)];
        return new SeriesSet(
            [.. nows.Select(now => SeriesInput.Of(Input(values, now)))], [],
            [.. nows.Select(now => Enumerable.Range(now + 1, Horizon).Select(hour => (float)((values[hour] - values[hour - HoursOfDay]) / _encoding.Scale)).ToArray())],
            [.. nows.Select(now => $"day {now / HoursOfDay}")]);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SeriesFold> Folds(SeriesSet samples, string split, int seed)
    {
        ArgumentNullException.ThrowIfNull(samples);
        int judged = split == Chronological ? (int)(LearnedShare * samples.Count) : throw SeriesTasks.NoSplit(this, split);
        return [new SeriesFold(Chronological, samples.Part(Enumerable.Range(0, judged - Horizon + 1)), samples.Part(Enumerable.Range(judged, samples.Count - judged)))];   // no hour is learned that is judged
    }

    /// <inheritdoc/>
    /// <remarks>Mean absolute errors: of the same hour of the day before, whose error is the target itself, and of a linear autoregression on the same inputs.</remarks>
    public IReadOnlyDictionary<string, double> Baselines(SeriesFold fold)
    {
        ArgumentNullException.ThrowIfNull(fold);
        return new Dictionary<string, double>
        {
            ["seasonal_naive"] = fold.Test.Targets.Average(targets => targets.Average(Math.Abs)),
            ["linear_autoregression"] = new LinearAutoregression(fold.Training).MeanAbsoluteError(fold.Test),
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, float[] Input)> Encode(string file)
    {
        HourlySeries series = HourlySeries.Load(file);
        int now = series.Values.Count - 1;
        return now >= _encoding.Steps + HoursOfDay - 1
            ? [($"{Path.GetFileName(file)} after {series.Start.AddHours(now):yyyy-MM-dd HH:mm}", Input(series.Values, now))]
            : throw BadFile.Error(file, "", $"holds {series.Values.Count} hours where {_encoding.Steps + HoursOfDay} are needed", "Take a longer series.");
    }

    /// <inheritdoc/>
    public IReadOnlyList<double> Predict(ReadOnlySpan<float> input, ReadOnlySpan<float> scores)
    {
        var predictions = new double[scores.Length];
        for (int hour = 0; hour < scores.Length; hour++)
        {
            predictions[hour] = _encoding.Scale * (input[2 * (_encoding.Steps - HoursOfDay + hour)] + scores[hour]);
        }

        return predictions;
    }

    /// <summary>Value and difference to the day before, for the hours up to now: shape [steps, 2].</summary>
    private float[] Input(IReadOnlyList<double> values, int now) =>
        [.. Enumerable.Range(now - _encoding.Steps + 1, _encoding.Steps).SelectMany(hour => new[] { (float)(values[hour] / _encoding.Scale), (float)((values[hour] - values[hour - HoursOfDay]) / _encoding.Scale) })];
}
