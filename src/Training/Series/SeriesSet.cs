namespace StereoSpike.Training;

/// <summary>Sequences of one shape with what is to be learned about each.</summary>
/// <param name="Inputs">One array a sample, shape [T,F,inputs].</param>
/// <param name="Labels">Class of each sample; empty where values are predicted.</param>
/// <param name="Targets">Values to predict, one array a sample, shape [K]; empty where classes are.</param>
/// <param name="Groups">What each sample was cut from (speaker, recording, flow): samples of one group must not stand on both sides of a split.</param>
public sealed record SeriesSet(IReadOnlyList<float[]> Inputs, IReadOnlyList<int> Labels, IReadOnlyList<float[]> Targets, IReadOnlyList<string> Groups)
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

    /// <summary>Holds a share of each class back, drawn by lot.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="seed">Of the lot.</param>
    public (SeriesSet First, SeriesSet Second) HoldBack(double share, int seed)
    {
        var random = new Random(seed);
        var held = new HashSet<int>();
        foreach (IGrouping<int, int> members in Enumerable.Range(0, Count).GroupBy(sample => Labels.Count > 0 ? Labels[sample] : 0))
        {
            int[] order = [.. members];
            random.Shuffle(order);
            held.UnionWith(order.Take((int)Math.Round(share * order.Length)));
        }

        return Split(held.Contains);
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
