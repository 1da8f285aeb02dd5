using StereoSpike.Ingest;
using StereoSpike.Readout;
using StereoSpike.Tests;

namespace StereoSpike.Training.Tests.Latency;

public sealed class TtfsTrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_learns_stripes_wherever_they_stand_and_cannot_learn_shuffled_labels()
    {
        // Ten kinds of stripes, five slopes in two widths, at random places in noise: what tells them is a pattern, not a pixel. One in ten is chance.
        LabelledImages images = Stripes(1000, seed: 1);

        TtfsEpoch learned = Train("plain", images), control = Train("control", images.WithShuffledLabels(1));

        Assert.InRange(learned.Accuracy, 0.9, 1.0);
        Assert.InRange(control.Accuracy, 0.0, 0.25);   // the best of eight epochs on 200 images around 0.1, standard deviation 0.02
    }

    [Fact]
    public void No_epochs_keep_the_first_weights_which_know_nothing()
    {
        LabelledImages images = Stripes(400, seed: 6);

        TtfsEpoch untrained = new TtfsTrainer(new TtfsSettings { Network = "16C5-P2-32" }, new TtfsTrainingSettings { Epochs = 0, ValidationImages = 300 }, images, _folder.File("none")).Run();

        Assert.InRange(untrained.Accuracy, 0.0, 0.25);
        Assert.True(File.Exists(Path.Combine(_folder.File("none"), TtfsTrainer.BestWeights)));
    }

    [Fact]
    public void The_weights_on_disk_are_the_best_epochs_and_score_what_the_log_says()
    {
        LabelledImages images = Stripes(400, seed: 2);

        TtfsEpoch best = Train("run", images);
        TtfsNetwork network = TtfsWeights.Load(Path.Combine(_folder.File("run"), TtfsTrainer.BestWeights)).Network();

        var encoder = new LatencyEncoder(network.Settings.Steps);
        var times = new ushort[images.Pixels];
        var score = new ClassificationScore();
        for (int i = 200; i < 400; i++)
        {
            encoder.Encode(images.Image(i), times);
            network.Show(0, times);
            network.Forward(1);
            score.Add(TemporalDecoding.DecideEarly(network, 0), TemporalDecoding.Order, images.Labels[i]);
        }

        Assert.Equal(best.Accuracy, score.AccuracyStrict);
        Assert.Equal(best.ToCsv(), File.ReadAllLines(Path.Combine(_folder.File("run"), "log.csv"))[best.Epoch]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        LabelledImages images = Stripes(300, seed: 3);

        Assert.Equal(Train("a", images) with { Seconds = 0 }, Train("b", images) with { Seconds = 0 });
    }

    [Fact]
    public void The_step_rises_and_then_falls_along_half_a_cosine()
    {
        // Warm-up over a twentieth: half of it at 0.025; the top at 0.05; half of what is left, 0.525, is half way down; 0 at the end.
        var settings = new TtfsTrainingSettings { LearningRate = 1f };

        Assert.Equal([0.5, 1.0, 0.5, 0.0], new[] { 0.025, 0.05, 0.525, 1.0 }.Select(settings.LearningRateAt), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void Black_images_cannot_set_first_weights()
    {
        var black = new LabelledImages(new byte[20 * 64], [.. Enumerable.Range(0, 20).Select(i => (byte)(i % 10))], 8, 8);

        Assert.Throws<InvalidDataException>(() => new TtfsTrainer(new TtfsSettings { Network = "8C3" }, new TtfsTrainingSettings { ValidationImages = 0 }, black, _folder.File("black")));
    }

    [Fact]
    public void The_loss_is_the_cross_entropy_and_its_gradient()
    {
        // V = ln 1, ln 2, ln 5: p = 1/8, 2/8, 5/8. Label 1: L = ln 4, gradient p − (0, 1, 0).
        var errors = new float[3];

        double loss = CrossEntropy.Loss([0f, MathF.Log(2f), MathF.Log(5f)], 1, 0f, 1f, errors);

        Assert.Equal(Math.Log(4), loss, 1e-6);
        Assert.Equal([0.125f, -0.75f, 0.625f], errors, (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Folds_spread_every_class_evenly()
    {
        byte[] labels = [.. Enumerable.Range(0, 237).Select(i => (byte)(i * i % 10))];

        int[] folds = Folds.Stratified(labels, 5, seed: 1);

        Assert.All(Enumerable.Range(0, 10), label =>
        {
            int[] counts = [.. Enumerable.Range(0, 5).Select(fold => Enumerable.Range(0, labels.Length).Count(i => labels[i] == label && folds[i] == fold))];
            Assert.InRange(counts.Max() - counts.Min(), 0, 1);
        });
        Assert.InRange(folds.CountBy(fold => fold).Max(pair => pair.Value) - folds.CountBy(fold => fold).Min(pair => pair.Value), 0, 1);
    }

    private TtfsEpoch Train(string name, LabelledImages images)
    {
        var settings = new TtfsTrainingSettings { Epochs = 8, Batch = 20, LearningRate = 4e-3f, Shift = 0, ValidationImages = 200 };
        return new TtfsTrainer(new TtfsSettings { Network = "16C5-P2-32", Steps = 8 }, settings, images, _folder.File(name)).Run();
    }

    private static LabelledImages Stripes(int count, int seed)
    {
        const int side = 12;
        var random = new Random(seed);
        var pixels = new byte[count * side * side];
        var labels = new byte[count];
        for (int n = 0; n < count; n++)
        {
            labels[n] = (byte)random.Next(10);
            (double slope, int period, int phase) = (Math.PI * (labels[n] % 5) / 5, labels[n] < 5 ? 3 : 6, random.Next(6));
            for (int i = 0; i < side * side; i++)
            {
                double place = (Math.Cos(slope) * (i % side)) + (Math.Sin(slope) * (i / side)) + phase + 100;
                pixels[(side * side * n) + i] = (byte)(place % period < period / 2.0 ? random.Next(150, 256) : random.Next(0, 100));
            }
        }

        return new LabelledImages(pixels, labels, side, side);
    }
}
