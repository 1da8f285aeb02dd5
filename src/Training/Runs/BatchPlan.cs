using StereoSpike.Ingest;

namespace StereoSpike.Training;

/// <summary>Which samples make which batch of which epoch, and which of them this rank takes. The batches are the same for any number of ranks.</summary>
internal sealed class BatchPlan(TrainingSettings settings, TrainingSet training, IStereoEncoder encoder, Ranks ranks)
{
    private const int BatchesAhead = 3;

    /// <summary>Batches of an epoch; the last may be smaller.</summary>
    public int PerEpoch => Batches(training, settings);

    /// <summary>Batches of an epoch.</summary>
    public static int Batches(TrainingSet training, TrainingSettings settings) => (training.Count + settings.BatchSize - 1) / settings.BatchSize;

    /// <summary>Steps of the optimiser that batches come to, at an epoch's beginning or end.</summary>
    public static int Steps(int batches, TrainingSettings settings) => (batches + settings.AccumulatedBatches - 1) / settings.AccumulatedBatches;

    /// <summary>Starts making an epoch's batches.</summary>
    /// <param name="epoch">0-based.</param>
    /// <param name="first">The first batch wanted.</param>
    public BatchPrefetch Ahead(int epoch, int first)
    {
        int[] order = Order(epoch);
        return new BatchPrefetch(batch => Prepare(order, epoch, batch), first, PerEpoch, BatchesAhead);
    }

    /// <summary>What messages call the samples of a whole batch, those of other ranks too.</summary>
    public string Names(int epoch, int batch) => string.Join("; ", Whole(Order(epoch), batch).Select(sample => training[sample].Name));

    /// <summary>All samples in an epoch's order.</summary>
    public int[] Order(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, training.Count)];
        new Random(SampleSeed.Mix(settings.Seed, epoch, -1)).Shuffle(order);
        return order;
    }

    private Batch Prepare(int[] order, int epoch, int batch)
    {
        ArraySegment<int> whole = Whole(order, batch);
        BatchShare share = BatchShare.Of(whole.Count, ranks.Rank, ranks.Size);
        IEnumerable<LabelledWindow> samples = whole.Slice(share.First, share.Count).Select(sample =>
            Augmentation.Vary(training[sample], settings.Augmentation, new Random(SampleSeed.Mix(settings.Seed, epoch, sample))));
        return Batch.Of([.. samples], encoder, settings.Network) with { IsSpare = share.IsSpare, WholeSize = whole.Count };
    }

    private ArraySegment<int> Whole(int[] order, int batch) =>
        new(order, batch * settings.BatchSize, Math.Min(settings.BatchSize, order.Length - (batch * settings.BatchSize)));
}
