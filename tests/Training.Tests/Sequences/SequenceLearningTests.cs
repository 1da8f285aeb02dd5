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
        SpikeTimeSet set = Manifolds();
        using GraphModule module = Network("fluctuation:xi=3,nu=50", set, hidden: 2);
        var bounds = new ActivityBoundSettings { LowerStrength = 100, LowerSpikes = 1, UpperStrength = 0.1, UpperSpikes = 7 };
        using var learning = new SequenceLearning(module, CurrentBasedNetwork.Readout, new SequenceLearningSettings { BatchSize = 10, Bounds = bounds });
        double[] before = Rates(module, set);

        for (int epoch = 0; epoch < 10; epoch++)
        {
            learning.Prime(set, epoch);
        }

        Assert.True(before[^1] < 0.5, $"the last layer fired {before[^1]} Hz before; a network that is awake proves nothing");
        Assert.All(Rates(module, set), rate => Assert.InRange(rate, 10, 175));   // a sequence is 40 ms: the bounds of 1 and 7 spikes are 25 and 175 Hz
    }

    [Fact]
    public void A_split_takes_as_many_of_each_class_and_loses_none()
    {
        // Classes 0, 1, 0, 1, 0 and a unit that fires at step 0, 1, 2, 3, 4: the first one of each class is samples 0 and 1.
        (SpikeTimeSet first, SpikeTimeSet others) = new SpikeTimeSet([0, 1, 2, 3, 4], [0, 1, 0, 1, 0], steps: 5).Split(1);

        Assert.Equal([(0, 0), (1, 1)], Content(first));
        Assert.Equal([(0, 2), (1, 3), (0, 4)], Content(others));
    }

    [Fact]
    public void Shuffled_labels_are_the_same_labels_on_the_same_spikes()
    {
        var set = new SpikeTimeSet([.. Enumerable.Range(0, 40).Select(step => (short)step)], [.. Enumerable.Range(0, 40).Select(i => i % 4)], steps: 40);

        (int Label, int Step)[] shuffled = Content(set.WithShuffledLabels(seed: 1));

        Assert.Equal(Content(set).Select(sample => sample.Step), shuffled.Select(sample => sample.Step));
        Assert.Equal(set.Labels.ToArray().Order(), shuffled.Select(sample => sample.Label).Order());
        Assert.NotEqual(set.Labels.ToArray(), shuffled.Select(sample => sample.Label));
    }

    [Fact]
    public void Images_fire_brightest_first_within_the_first_part_of_the_sequence()
    {
        // T = 10, of which 6 are active. Brightness 255 -> time 0 -> step 0; 128 -> 127/255·6 = 2.99 -> 2; 21 -> 234/255·6 = 5.5 -> 5; 20 is dark.
        SpikeTimeSet set = SequenceTasks.Images(new LabelledImages([255, 128, 21, 20], [7], height: 2, width: 2), count: 5, steps: 10);
        using DisposeScope scope = NewDisposeScope();

        (Tensor spikes, Tensor labels) = set.Batch([0]);

        Assert.Equal((1, 7L), (set.Count, labels.item<long>()));
        Assert.Equal([0, 2, 5], Enumerable.Range(0, 3).Select(unit => Array.IndexOf(spikes[0, .., unit].flatten().data<float>().ToArray(), 1f)));
        Assert.Equal(3f, spikes.sum().item<float>());
    }

    [Fact]
    public void Poisson_inputs_fire_at_their_rate()
    {
        using Tensor spikes = SequenceTasks.Poisson(samples: 4, steps: 100, units: 50, probability: 0.03, seed: 1);

        // 20,000 draws: the deviation of the mean is √(0.03·0.97/20000) = 0.0012; four of those.
        Assert.Equal([4L, 100L, 50L, 1L, 1L], spikes.shape);
        Assert.InRange(spikes.mean().item<float>(), 0.0252f, 0.0348f);
    }

    private static (int Label, int Step)[] Content(SpikeTimeSet set)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor spikes, Tensor labels) = set.Batch([.. Enumerable.Range(0, set.Count)]);
        return [.. labels.data<long>().ToArray().Zip(spikes.flatten(1).argmax(1).data<long>().ToArray(), (label, step) => ((int)label, (int)step))];
    }

    private static SpikeTimeSet Manifolds() => SequenceTasks.Manifolds(new RandomManifolds(3, 12, 1, 2, seed: 9), perClass: 40, steps: 40, seed: 1);

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
