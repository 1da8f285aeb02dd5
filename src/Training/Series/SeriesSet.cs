namespace StereoSpike.Training;

/// <summary>Sequences of one shape with what is to be learned about each.</summary>
/// <param name="Inputs">One a sample, shape [T,F,inputs].</param>
/// <param name="Labels">Class of each sample; empty where values are predicted.</param>
/// <param name="Targets">Values to predict, one array a sample, shape [K]; empty where classes are.</param>
/// <param name="Groups">What each sample was cut from (speaker, recording, flow): samples of one group must not stand on both sides of a split.</param>
public sealed record SeriesSet(IReadOnlyList<SeriesInput> Inputs, IReadOnlyList<int> Labels, IReadOnlyList<float[]> Targets, IReadOnlyList<string> Groups)
{
    /// <summary>Number of samples.</summary>
    public int Count => Inputs.Count;

    /// <summary>Some of the samples.</summary>
    public SeriesSet Part(IEnumerable<int> samples)
    {
        int[] chosen = [.. samples];
        return new SeriesSet(Pick(Inputs), Pick(Labels), Pick(Targets), Pick(Groups));

        T[] Pick<T>(IReadOnlyList<T> from) => from.Count == 0 ? [] : [.. chosen.Select(sample => from[sample])];
    }

    /// <summary>The samples in two parts, by index.</summary>
    /// <param name="second">Which go into the second.</param>
    public (SeriesSet First, SeriesSet Second) Split(Func<int, bool> second) =>
        (Part(Enumerable.Range(0, Count).Where(sample => !second(sample))), Part(Enumerable.Range(0, Count).Where(second)));

    /// <summary>Holds a share of each class back, whole groups drawn by lot.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="seed">Of the lot.</param>
    public (SeriesSet First, SeriesSet Second) HoldBack(double share, int seed)
    {
        var random = new Random(seed);
        var held = new HashSet<string>();
        foreach (string[] members in GroupsOfClasses())
        {
            random.Shuffle(members);
            held.UnionWith(members.Take((int)Math.Round(share * members.Length)));
        }

        return Split(sample => held.Contains(Groups[sample]));
    }

    /// <summary>The groups of each class; a group of several classes counts for that of its first sample.</summary>
    internal IEnumerable<string[]> GroupsOfClasses() => Enumerable.Range(0, Count)
        .GroupBy(sample => Groups[sample])
        .GroupBy(members => Labels.Count > 0 ? Labels[members.First()] : 0)
        .OrderBy(groups => groups.Key)
        .Select(groups => groups.Select(members => members.Key).ToArray());

    /// <summary>The same samples with the steps of each in an order drawn by lot: what a network still recognises, it recognises without their order.</summary>
    /// <param name="width">Values of a step.</param>
    /// <param name="seed">Of the lot.</param>
    public SeriesSet WithShuffledSteps(int width, int seed)
    {
        var random = new Random(seed);
        return this with
        {
            Inputs = [.. Inputs.Select(input =>
            {
                float[] values = input.ToArray(), shuffled = new float[values.Length];
                int[] order = [.. Enumerable.Range(0, values.Length / width)];
                random.Shuffle(order);
                for (int t = 0; t < order.Length; t++)
                {
                    values.AsSpan(order[t] * width, width).CopyTo(shuffled.AsSpan(t * width));
                }

                return SeriesInput.Of(shuffled);
            })],
        };
    }

    /// <summary>The same samples under each other's labels: what is learned from these is chance.</summary>
    /// <param name="seed">Seed of the deal.</param>
    public SeriesSet WithShuffledLabels(int seed)
    {
        int[] labels = [.. Labels];
        new Random(seed).Shuffle(labels);
        return this with { Labels = labels };
    }
}
