using StereoSpike.Ingest;
using StereoSpike.Readout;
using StereoSpike.Tests;

namespace StereoSpike.Training.Tests.Latency;

public sealed class LatencyTrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_learns_stripes_and_cannot_learn_stripes_whose_labels_are_shuffled()
    {
        // Ten classes of 10×10 images, each a bright row at its own place in noise: learned, unless the labels say nothing. One in ten is chance.
        LabelledImages images = Stripes(600, seed: 1);

        LatencyEpoch learned = Train("plain", images), control = Train("control", images.WithShuffledLabels(1));

        Assert.InRange(learned.AccuracyStrict, 0.95, 1.0);
        Assert.InRange(control.AccuracyStrict, 0.0, 0.3);   // the best of ten epochs on 100 images around 0.1, standard deviation 0.03
    }

    [Fact]
    public void The_weights_on_disk_are_the_best_epochs_and_score_what_the_log_says()
    {
        LabelledImages images = Stripes(600, seed: 2);

        LatencyEpoch best = Train("run", images);
        LatencyWeights weights = LatencyWeights.Load(Path.Combine(_folder.File("run"), LatencyTrainer.BestWeights));

        EncodedImages validation = EncodedImages.From(images.Part(500, 100), weights.Settings.Steps);
        LatencyNetwork network = weights.Network();
        var score = new ClassificationScore();
        for (int i = 0; i < validation.Count; i++)
        {
            score.Add(network.Decide(validation.Spikes(i)), weights.Settings.LabelOrder, validation.Label(i));
        }

        Assert.Equal(best.AccuracyStrict, score.AccuracyStrict);
        string[] log = File.ReadAllLines(Path.Combine(_folder.File("run"), "log.csv"));
        Assert.Equal(11, log.Length);
        Assert.Equal(best.ToCsv(), log[best.Epoch]);
    }

    [Fact]
    public void No_epochs_keep_the_first_weights_whose_ties_the_inclusive_accuracy_rewards()
    {
        var settings = new LatencyTrainingSettings { Epochs = 0, AverageImages = 1000, ValidationImages = 200, HiddenInitMaximum = 20f };

        LatencyEpoch untrained = new LatencyTrainer(new LatencySettings { Hidden = 60 }, settings, Stripes(300, seed: 5), _folder.File("none")).Run();

        Assert.InRange(untrained.AccuracyStrict, 0.05, 0.2);
        Assert.InRange(untrained.AccuracyInclusive, untrained.AccuracyStrict, 1.0);
        Assert.Equal(60 * 100, LatencyWeights.Load(Path.Combine(_folder.File("none"), LatencyTrainer.BestWeights)).Tensors[LatencySettings.HiddenWeights].Values.Length);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        LabelledImages images = Stripes(300, seed: 3);

        Assert.Equal(Train("a", images) with { Seconds = 0 }, Train("b", images) with { Seconds = 0 });
    }

    [Fact]
    public void A_folder_that_holds_a_run_is_not_overwritten()
    {
        LabelledImages images = Stripes(120, seed: 4);
        Train("run", images);

        Assert.Throws<IOException>(() => Train("run", images));
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(50, 1.0)]
    [InlineData(75, 0.51)]
    [InlineData(100, 0.02)]
    public void The_step_stays_and_then_falls_in_a_straight_line(int epoch, double share) =>
        Assert.Equal(0.2 * share, new LatencyTrainingSettings { ConstantShare = 0.5 }.LearningRateAt(epoch), 1e-7);   // 75: half way from 1 to 0.02

    [DataFact("mnist")]
    public void Two_epochs_of_MNIST_take_S4NN_beyond_87_per_cent_of_the_test_images_strictly()
    {
        // A run of the same rule in the authors' order stood at 88 to 89 % after two epochs.
        string folder = TestData.Path("mnist");
        new LatencyTrainer(new LatencySettings(), new LatencyTrainingSettings { Epochs = 2 }, LabelledImages.Load(folder, ImageSplit.Train), _folder.File("mnist")).Run();

        LatencyWeights weights = LatencyWeights.Load(Path.Combine(_folder.File("mnist"), LatencyTrainer.BestWeights));
        EncodedImages test = EncodedImages.From(LabelledImages.Load(folder, ImageSplit.Test), 256);
        LatencyNetwork network = weights.Network();
        var score = new ClassificationScore();
        for (int i = 0; i < test.Count; i++)
        {
            score.Add(network.Decide(test.Spikes(i)), weights.Settings.LabelOrder, test.Label(i));
        }

        Assert.InRange(score.AccuracyStrict, 0.87, 1.0);
    }

    private LatencyEpoch Train(string name, LabelledImages images)
    {
        var settings = new LatencyTrainingSettings { Epochs = 10, ValidationImages = 100, HiddenInitMaximum = 20f };
        return new LatencyTrainer(new LatencySettings { Hidden = 60 }, settings, images, _folder.File(name)).Run();
    }

    private static LabelledImages Stripes(int count, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[count * 100];
        var labels = new byte[count];
        for (int n = 0; n < count; n++)
        {
            labels[n] = (byte)random.Next(10);
            for (int i = 0; i < 100; i++)
            {
                pixels[(100 * n) + i] = (byte)(i / 10 == labels[n] ? random.Next(150, 256) : random.Next(0, 100));
            }
        }

        return new LabelledImages(pixels, labels, 10, 10);
    }
}
