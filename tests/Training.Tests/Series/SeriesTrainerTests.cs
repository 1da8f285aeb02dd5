using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training.Tests.Series;

public class SeriesTrainerTests
{
    private static readonly SeriesSettings Small = new()
    {
        Task = "test",
        Steps = 12,
        Bands = 3,
        Inputs = 2,
        Outputs = ["a", "b"],
        Layers = [new SeriesLayerSettings { Channels = 8, Kernel = new TemporalKernel { Steps = 3, Bands = 2 } }, new SeriesLayerSettings { Channels = 10, Kernel = new TemporalKernel { Steps = 3, StepDilation = 2 } }],
    };

    [Fact]
    public void Order_in_time_is_learned_though_the_sums_over_time_are_the_same()
    {
        // Class 0: first channel 0, then channel 1; class 1 the other way round. Whatever forgets order stays at 1/2.
        SeriesSet samples = Ordered(200);
        var network = new SeriesNetwork(Small, 1);
        (SeriesSet training, SeriesSet test) = samples.HoldBack(0.3, 1);

        new SeriesTrainer(network, training, Nothing(samples), new SeriesTrainingSettings { Epochs = 8, BatchSize = 16, ActivityPenalty = 0f, LearningRate = 1e-2 }).Run();

        Assert.True(SeriesTrainer.Score(network, test, 1).Accuracy > 0.9);
    }

    [Fact]
    public void Threads_change_only_the_time()
    {
        SeriesSet samples = Ordered(60);
        float[][][] weights = [.. new[] { 1, 3 }.Select(threads =>
        {
            var network = new SeriesNetwork(Small, 1);
            (SeriesSet training, SeriesSet held) = samples.HoldBack(0.2, 1);
            new SeriesTrainer(network, training, held, new SeriesTrainingSettings { Epochs = 2, Threads = threads, Augmentation = new SeriesAugmentation { ShiftSteps = 2, Scale = 0.1f } }).Run();
            return network.Parameters.Select(parameter => parameter.Values).ToArray();
        })];

        Assert.All(weights[0].Zip(weights[1]), pair => Assert.Equal(pair.First, pair.Second));
    }

    [Theory]
    [InlineData(SeriesReadoutKind.Mean)]
    [InlineData(SeriesReadoutKind.Max)]
    [InlineData(SeriesReadoutKind.Last)]
    public void The_gradient_of_a_whole_analog_network_is_the_slope_of_its_loss(SeriesReadoutKind readout)
    {
        // Nothing in the twin jumps, so a difference quotient is the oracle; float32 leaves three digits of it.
        SeriesSet samples = Ordered(1);
        var network = new SeriesNetwork(Small.Analog() with { Readout = readout, ReadoutBeta = 0.6f }, 3);
        SeriesTrace trace = network.Trace();
        float[][] gradients = [.. network.Parameters.Select(parameter => new float[parameter.Values.Length])];
        var scoreGradient = new float[2];
        network.Forward(samples.Inputs[0].ToArray(), trace);
        SeriesLoss.Of(samples, 0, trace.Scores, scoreGradient);
        network.Backward(samples.Inputs[0].ToArray(), trace, scoreGradient, 0f, 0f, gradients);

        var random = new Random(4);
        double largest = gradients.Max(gradient => gradient.Max(Math.Abs));
        for (int p = 0; p < gradients.Length; p++)
        {
            int at = random.Next(gradients[p].Length);
            float[] values = network.Parameters[p].Values;
            float kept = values[at], step = 2e-3f * MathF.Max(MathF.Abs(kept), 0.05f);
            double Loss(float value)
            {
                values[at] = value;
                network.Forward(samples.Inputs[0].ToArray(), trace);
                return SeriesLoss.Of(samples, 0, trace.Scores, scoreGradient);
            }

            double slope = (Loss(kept + step) - Loss(kept - step)) / (2 * step);
            values[at] = kept;
            Assert.Equal(slope, gradients[p][at], Math.Max(0.02 * Math.Abs(slope), 2e-3 * largest));
        }
    }

    [Fact]
    public void The_activity_penalty_quietens_layers_down_to_its_target_and_not_below()
    {
        SeriesSet samples = Ordered(200);
        double Activity(float penalty, float target)
        {
            var network = new SeriesNetwork(Small, 1);
            new SeriesTrainer(network, samples, Nothing(samples), new SeriesTrainingSettings { Epochs = 8, BatchSize = 16, ActivityPenalty = penalty, ActivityTarget = target, LearningRate = 1e-2 }).Run();
            return SeriesTrainer.Score(network, samples, 1).Activity;
        }

        double free = Activity(0f, 0f), held = Activity(20f, 0.06f), silenced = Activity(20f, 0f);

        Assert.True(free > 0.1 && held < free && silenced < 0.02, $"{free}, {held}, {silenced}");
        Assert.InRange(held, 0.02, 0.09);
    }

    [Fact]
    public void A_share_of_every_class_is_held_back_and_nothing_stands_on_both_sides()
    {
        SeriesSet samples = Ordered(100);

        (SeriesSet first, SeriesSet second) = samples.HoldBack(0.2, 7);

        Assert.Equal([10, 10], new[] { 0, 1 }.Select(label => second.Labels.Count(other => other == label)));
        Assert.Empty(first.Inputs.Intersect(second.Inputs));
        Assert.Equal(100, first.Count + second.Count);
    }

    [Fact]
    public void Balanced_classes_weigh_alike_whatever_their_number()
    {
        // Nine of class 0, one of class 1, all with the same input: the best a network can say is the weights' ratio, which balancing makes 1:1.
        var input = new float[12 * 3 * 2];
        Array.Fill(input, 1f);
        var samples = new SeriesSet([.. Enumerable.Repeat(SeriesInput.Of(input), 10)], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [], [.. Enumerable.Repeat("", 10)]);
        float Difference(bool balance)
        {
            var network = new SeriesNetwork(Small.Analog(), 1);
            new SeriesTrainer(network, samples, Nothing(samples), new SeriesTrainingSettings { Epochs = 150, BatchSize = 10, LearningRate = 3e-2, BalanceClasses = balance }).Run();
            float[] scores = [.. SeriesTrainer.Score(network, samples, 1).Scores[0]];
            return scores[0] - scores[1];
        }

        Assert.Equal(Math.Log(9), Difference(false), 0.1);
        Assert.Equal(0, Difference(true), 0.1);
    }

    private static SeriesSet Nothing(SeriesSet samples) => samples.Part([]);

    private static SeriesSet Ordered(int count)
    {
        var random = new Random(5);
        var inputs = new List<SeriesInput>();
        for (int sample = 0; sample < count; sample++)
        {
            var input = new float[12 * 3 * 2];
            int at = random.Next(1, 5), later = at + random.Next(3, 6);
            for (int band = 0; band < 3; band++)
            {
                input[(((at * 3) + band) * 2) + (sample % 2)] = 3f;
                input[(((later * 3) + band) * 2) + 1 - (sample % 2)] = 3f;
            }

            inputs.Add(SeriesInput.Of(input));
        }

        return new SeriesSet(inputs, [.. Enumerable.Range(0, count).Select(sample => sample % 2)], [], [.. Enumerable.Range(0, count).Select(sample => $"g{sample}")]);
    }
}
