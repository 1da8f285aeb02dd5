using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training.Tests.Sequences;

[Collection(nameof(OneTorchThread))]
public class SequenceLearningTests
{
    [Fact]
    public void Spike_times_become_sequences_with_one_spike_a_unit()
    {
        // Two samples of three units, five steps, of which times 0..1 cover four: 0 -> step 0, 0.5 -> 2, 1 -> 3; NaN never.
        SpikeTimeSet set = SpikeTimeSet.FromTimes([0f, 0.5f, 1f, float.NaN, 0.25f, 0.99f], [1, 0], steps: 5, activeSteps: 4);
        using DisposeScope scope = NewDisposeScope();

        (Tensor spikes, Tensor labels) = set.Batch([1, 0]);

        Assert.Equal([2L, 5L, 3L, 1L, 1L], spikes.shape);
        Assert.Equal([0L, 1L], labels.data<long>().ToArray());
        Assert.Equal([0f, 0f, 0f, 0f, 1f, 0f, 0f, 0f, 0f, 0f, 0f, 1f, 0f, 0f, 0f], spikes[0].data<float>().ToArray());
        Assert.Equal([1f, 0f, 0f, 0f, 0f, 0f, 0f, 1f, 0f, 0f, 0f, 1f, 0f, 0f, 0f], spikes[1].data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => new SpikeTimeSet([5], [0], steps: 5));
    }

    [Fact]
    public void Bounds_charge_neurons_that_are_too_quiet_and_layers_that_are_too_loud()
    {
        // Two IF neurons over three steps spike 3 and 0 times. Lower, 100·mean(max(0, 1 - c)²) = 100·(0 + 1)/2 = 50; upper, 2·max(0, 1.5 - 0.5)² = 2.
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 1, 1));
        builder.Fire("fire", builder.Input, new NeuronSettings());
        using var module = new GraphModule(builder.Build(), new Dictionary<string, WeightTensor>());
        using DisposeScope scope = NewDisposeScope();
        SequenceRun run = module.RunSequence(tensor((float[])[1f, 0f, 1f, 0f, 1f, 0f], [1, 3, 2, 1, 1]));

        float Of(double lower, double upper) => ActivityBounds.Of(run, module.Graph, new ActivityBoundSettings { LowerStrength = lower, LowerSpikes = 1, UpperStrength = upper, UpperSpikes = 0.5 }).item<float>();

        Assert.Equal((50f, 2f, 52f), (Of(100, 0), Of(0, 2), Of(100, 2)));
    }

    [Fact]
    public void Priming_wakes_layers_that_a_start_left_silent()
    {
        SpikeTimeSet set = Task(seed: 1);
        using GraphModule module = Network("fluctuation:xi=3,nu=50", set, hidden: 2);
        var bounds = new ActivityBoundSettings { LowerStrength = 100, LowerSpikes = 1, UpperStrength = 0.1, UpperSpikes = 7 };
        using var learning = new SequenceLearning(module, CurrentBasedNetwork.Readout, new SequenceLearningSettings { BatchSize = 40, Bounds = bounds });
        double[] before = Rates(module, set);

        for (int epoch = 0; epoch < 10; epoch++)
        {
            learning.Prime(set, epoch);
        }

        Assert.True(before[^1] < 0.5, $"the last layer fired {before[^1]} Hz before; a network that is awake proves nothing");
        Assert.All(Rates(module, set), rate => Assert.InRange(rate, 1, 40));
    }

    [Fact]
    public void A_network_started_by_fluctuations_learns_manifolds_and_the_default_start_does_not()
    {
        SpikeTimeSet set = Task(seed: 1), unseen = Task(seed: 2);

        double started = Accuracy("fluctuation"), silent = Accuracy("default");

        Assert.True(started > 0.8, $"{started} of unseen points");
        Assert.InRange(silent, 0.2, 0.55);   // three classes, and a readout that hears nothing

        double Accuracy(string recipe)
        {
            using GraphModule module = Network(recipe, set, hidden: 1);
            using var learning = new SequenceLearning(module, CurrentBasedNetwork.Readout, new SequenceLearningSettings { BatchSize = 20, LearningRate = 1e-2 });
            for (int epoch = 0; epoch < 12; epoch++)
            {
                learning.Epoch(set, epoch);
            }

            return learning.Accuracy(unseen);
        }
    }

    [Fact]
    public void Manifolds_are_smooth_and_follow_their_seed()
    {
        var manifolds = new RandomManifolds(classes: 2, units: 4, dimensions: 1, alpha: 2, seed: 5);

        float[] times = manifolds.Draw(50, seed: 1);

        Assert.All(times, time => Assert.InRange(time, 0f, 1f));
        for (int unit = 0; unit < 4; unit++)   // scaled over each class to reach both ends
        {
            float[] ofUnit = [.. Enumerable.Range(0, 50).Select(point => times[(point * 4) + unit])];
            Assert.Equal((0f, 1f), (ofUnit.Min(), ofUnit.Max()));
        }

        Assert.Equal(times, new RandomManifolds(2, 4, 1, 2, 5).Draw(50, 1));
        Assert.NotEqual(times, new RandomManifolds(2, 4, 1, 2, 6).Draw(50, 1));
    }

    private static SpikeTimeSet Task(int seed) => SequenceTasks.Manifolds(new RandomManifolds(3, 12, 1, 2, seed: 9), perClass: 40, steps: 40, seed);

    private static GraphModule Network(string recipe, SpikeTimeSet set, int hidden)
    {
        NetworkGraph graph = CurrentBasedNetwork.Build(new CurrentBasedSettings { Inputs = set.Units, Hidden = [.. Enumerable.Repeat(32, hidden)], Outputs = 3, TauSteps = (5f, 2.5f), ReadoutTauSteps = 40f });
        var module = new GraphModule(graph, UniformInitialization.Draw(graph, 1));
        using DisposeScope scope = NewDisposeScope();
        (Tensor spikes, _) = set.Batch([.. Enumerable.Range(0, set.Count)]);
        InitializationRecipe.Parse(recipe, stepSeconds: 1e-3, seed: 1).Apply(module, spikes);
        return module;
    }

    private static double[] Rates(GraphModule module, SpikeTimeSet set)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor spikes, _) = set.Batch([.. Enumerable.Range(0, set.Count)]);
        return [.. InitializationReport.Measure(module, spikes, 1e-3, activeOnly: false).Layers.Select(layer => layer.RateHz)];
    }
}
