namespace StereoSpike.Training;

/// <summary>The tasks over time series, by name.</summary>
public static class SeriesTasks
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [AudioTask.TaskName, TrafficTask.TaskName, EegTask.TaskName, ForecastTask.TaskName];

    /// <summary>A task with its usual settings.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="question">Of several that a task can answer, which: an <see cref="EegQuestion"/> , <see cref="TrafficQuestion"/> or <see cref="ForecastQuestion"/>; null takes the first.</param>
    /// <param name="input">How its input is made: an <see cref="EegInput"/>; null takes the first.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ISeriesTask Of(string name, string? question = null, string? input = null) => name switch
    {
        AudioTask.TaskName when question is null && input is null => new AudioTask(),
        EegTask.TaskName => new EegTask { Samples = EegEncoding.For(Choice<EegQuestion>("--question", question), Choice<EegInput>("--encoder", input)) },
        TrafficTask.TaskName when input is null => new TrafficTask { Encoder = Choice<TrafficQuestion>("--question", question) == TrafficQuestion.Sessions ? new() : new() { MinimumSpanUs = 0 } },
        TrafficTask.TaskName => throw new ArgumentException($"{name} has one encoder; leave --encoder out."),
        ForecastTask.TaskName when input is null => new ForecastTask { Samples = new ForecastEncoding { Question = Choice<ForecastQuestion>("--question", question) } },
        ForecastTask.TaskName => throw new ArgumentException($"{name} has one encoder; leave --encoder out."),
        AudioTask.TaskName => throw new ArgumentException($"{name} has one question and one encoder; leave --question and --encoder out."),
        _ => throw new ArgumentException($"\"{name}\" is no task; known are {string.Join(", ", Names)}."),
    };

    /// <summary>The task that weights were made for, with the settings they were made with.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="encoding">What <see cref="ISeriesTask.Encoding"/> said.</param>
    /// <param name="source">What messages call the file it came from.</param>
    /// <exception cref="InvalidDataException">The text is not of that task.</exception>
    public static ISeriesTask Restore(string name, string encoding, string source) => name switch
    {
        AudioTask.TaskName => new AudioTask { Encoder = SeriesEncoding.Read<Ingest.LogMelSettings>(encoding, source) },
        TrafficTask.TaskName => new TrafficTask { Encoder = SeriesEncoding.Read<Ingest.FlowHistogramSettings>(encoding, source) },
        ForecastTask.TaskName => new ForecastTask { Samples = SeriesEncoding.Read<ForecastEncoding>(encoding, source) },
        EegTask.TaskName => new EegTask { Samples = SeriesEncoding.Read<EegEncoding>(encoding, source) },
        _ => Of(name),
    };

    /// <summary>Parts with the same share of every class's groups, each judged once.</summary>
    internal static IReadOnlyList<SeriesFold> Stratified(SeriesSet samples, int folds, int seed)
    {
        var part = new Dictionary<string, int>();
        var random = new Random(seed);
        int next = 0;
        foreach (string[] members in samples.GroupsOfClasses())
        {
            random.Shuffle(members);
            foreach (string group in members)
            {
                part[group] = next++ % folds;
            }
        }

        return [.. Enumerable.Range(0, folds).Select(fold =>
        {
            (SeriesSet training, SeriesSet test) = samples.Split(sample => part[samples.Groups[sample]] == fold);
            return new SeriesFold($"fold{fold + 1}", training, test);
        })];
    }

    /// <summary>Folds of which each leaves one group out.</summary>
    internal static IReadOnlyList<SeriesFold> LeaveOneOut(SeriesSet samples, Func<string, string> part) =>
    [
        .. samples.Groups.Select(part).Distinct().Order(StringComparer.Ordinal).Select(left =>
        {
            (SeriesSet training, SeriesSet test) = samples.Split(sample => part(samples.Groups[sample]) == left);
            return new SeriesFold(left, training, test);
        }),
    ];

    /// <summary>Accuracy of always saying the class that is most frequent among the samples to learn from.</summary>
    internal static double Majority(SeriesFold fold)
    {
        int most = fold.Training.Labels.GroupBy(label => label).OrderByDescending(members => members.Count()).ThenBy(members => members.Key).First().Key;
        return fold.Test.Labels.Count(label => label == most) / (double)fold.Test.Count;
    }

    /// <summary>Accuracy of the class whose mean input is nearest.</summary>
    internal static double NearestMean(SeriesFold fold)
    {
        var means = fold.Training.Labels.Distinct().ToDictionary(label => label, label =>
        {
            float[] mean = new float[fold.Training.Inputs[0].Length], input = new float[mean.Length];
            int[] members = [.. Enumerable.Range(0, fold.Training.Count).Where(sample => fold.Training.Labels[sample] == label)];
            foreach (int member in members)
            {
                fold.Training.Inputs[member].CopyTo(input);
                for (int i = 0; i < mean.Length; i++)
                {
                    mean[i] += input[i] / members.Length;
                }
            }

            return mean;
        });
        int right = Enumerable.Range(0, fold.Test.Count).Count(sample => Nearest(fold.Test.Inputs[sample].ToArray()) == fold.Test.Labels[sample]);
        return (double)right / fold.Test.Count;

        int Nearest(float[] input) => means.MinBy(pair => Distance(pair.Value, input)).Key;

        static double Distance(float[] a, float[] b)
        {
            double sum = 0;
            for (int i = 0; i < a.Length; i++)
            {
                sum += (a[i] - b[i]) * (a[i] - b[i]);
            }

            return sum;
        }
    }

    private static T Choice<T>(string option, string? name)
        where T : struct, Enum
    {
        string[] known = Enum.GetNames<T>();
        return name is null ? default
            : known.FirstOrDefault(other => string.Equals(other, name.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)) is { } match ? Enum.Parse<T>(match)
            : throw new ArgumentException($"{option} knows no \"{name}\", but {string.Join(", ", known.Select(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName))}.");
    }

    /// <summary>The error for a split that a task does not have.</summary>
    internal static ArgumentException NoSplit(ISeriesTask task, string split) =>
        new($"\"{split}\" is no split of {task.Name}; known are {string.Join(", ", task.Splits.Keys)}.");
}
