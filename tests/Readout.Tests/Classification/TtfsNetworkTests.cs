using CsCheck;
using StereoSpike.Model;
using StereoSpike.Tests;

namespace StereoSpike.Readout.Tests.Classification;

public sealed class TtfsNetworkTests : IDisposable
{
    private static readonly Gen<int> Seeds = Gen.Int[0, 1 << 20];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Walked_spike_by_spike_and_step_by_step_every_neuron_fires_when_it_says() => Gen.Select(Seeds, Gen.Int[0, 3].Select(i => new[] { "5C3-P2-7C3-20", "4C5-P3", "30-11", "6C3-6C1-P2" }[i])).Sample((seed, stages) =>
    {
        (TtfsNetwork network, ushort[] input) = Draw(stages, seed);
        var walk = new PlainTtfsWalk(TtfsWeights.Of(network, new Dictionary<string, string>()));

        double[] outputs = walk.Run(input);

        for (int l = 0; l < network.Layers.Count - 1; l++)
        {
            RampLayer layer = network.Layers[l];
            var times = new ushort[layer.Height * layer.Width * layer.Neurons];
            network.Times(l, 0, times);
            Assert.Equal(walk.Times[l], times);
            Assert.Equal(times.Count(time => time < network.Settings.Steps) / (double)times.Length, network.FiringShare(l, 0), 1e-9);
        }

        Assert.Equal(outputs, network.Potentials(0).ToArray().Select(v => (double)v), (a, b) => Math.Abs(a - b) < 1e-4);
    },
    iter: 60);

    [Fact]
    public void What_is_certain_early_is_what_waiting_would_have_decided() => Seeds.Sample(seed =>
    {
        (TtfsNetwork network, _) = Draw("5C3-P2-20", seed);

        LatencyDecision early = TemporalDecoding.DecideEarly(network, 0), late = TemporalDecoding.Decide(network.Potentials(0), network.DecisionSteps, early.Silent);

        return early with { Step = 0 } == late with { Step = 0 } && early.Step >= network.DecisionSteps - network.Settings.Steps && early.Step <= network.DecisionSteps;
    });

    [Fact]
    public void A_lead_that_no_spike_to_come_can_undo_ends_the_wait()
    {
        // T = 4; three neurons feed the outputs. Class 0 gets 1·4/4 in the first step. Neuron 1 speaks for class 1 with 0.5 and fires in step 1, worth 0.5·3/4 = 0.375; neuron 2 never fires, and could
        // still give class 1 at most 2·(T − t − 1)/T. Before step 1: the rest can do (0.5 + 2)·3/4 = 1.875 > 1. Before step 2, lead 1 − 0.375 = 0.625: 2·2/4 = 1. Before step 3: 2·1/4 = 0.5 < 0.625.
        var network = new TtfsNetwork(new TtfsSettings { Height = 1, Width = 1, Steps = 4, Network = "3" }, 1);
        RampLayer hidden = network.Layers[0], output = network.Layers[1];
        new[] { 1f, 0.75f, -1f }.CopyTo(hidden.Bias, 0);
        output.Weights[0] = 1f;
        output.Weights[output.Stride + 1] = 0.5f;
        output.Weights[(2 * output.Stride) + 1] = 2f;
        network.Show(0, [4]);
        network.Forward(1);

        LatencyDecision decision = TemporalDecoding.DecideEarly(network, 0);

        Assert.Equal(new LatencyDecision(1, 4 + 3, Silent: false), decision);   // one window for the hidden layer's charge, and three steps of the next
    }

    [Fact]
    public void Equal_potentials_are_a_tie_and_no_spike_at_all_is_silence()
    {
        var network = new TtfsNetwork(new TtfsSettings { Height = 2, Width = 2, Steps = 4, Network = "3" }, 1);
        network.Show(0, [4, 4, 4, 4]);
        network.Forward(1);

        Assert.Equal(new LatencyDecision(0x3FF, 8, Silent: true), TemporalDecoding.DecideEarly(network, 0));
    }

    [Fact]
    public void Moving_and_mirroring_show_what_comes_in_from_outside_as_silence()
    {
        // 2×3 pixels, T = 8, steps 0 1 2 / 3 4 5. Mirrored: 2 1 0 / 5 4 3; then one down and one to the right: – – – / – 2 1.
        var network = new TtfsNetwork(new TtfsSettings { Height = 2, Width = 3, Steps = 8, Network = "1C1" }, 1);

        network.Show(0, [0, 1, 2, 3, 4, 5], down: 1, right: 1, mirror: true);

        float[] shown = [.. Enumerable.Range(0, 6).Select(i => network.Layers[0].Input(0, i / 3, i % 3)[0])];
        Assert.Equal([0f, 0f, 0f, 0f, 6 / 8f, 7 / 8f], shown);
    }

    [Fact]
    public void A_file_gives_the_network_back()
    {
        (TtfsNetwork network, ushort[] input) = Draw("5C3-P2-7C3-20", 3);
        string path = _folder.File("w.safetensors");
        TtfsWeights.Of(network, new Dictionary<string, string> { ["training"] = "none" }).Save(path);

        TtfsWeights read = TtfsWeights.Load(path);
        TtfsNetwork again = read.Network(2);
        again.Show(1, input);
        again.Forward(2);

        Assert.Equal("none", read.Notes["training"]);
        Assert.Equal(network.Potentials(0).ToArray(), again.Potentials(1).ToArray());
        Assert.Equal([7, 5, 3, 3], read.Tensors["layer2.weight"].Shape);
        Assert.Equal([20, 7 * 3 * 3], read.Tensors["layer3.weight"].Shape);
    }

    [Fact]
    public void A_file_of_another_network_is_refused_by_the_tensor_that_does_not_fit()
    {
        (TtfsNetwork network, _) = Draw("5C3-20", 3);
        TtfsWeights weights = TtfsWeights.Of(network, new Dictionary<string, string>());
        string path = _folder.File("w.safetensors");
        (weights with { Settings = weights.Settings with { Network = "5C3-21" } }).Save(path);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => TtfsWeights.Load(path));

        Assert.Contains("layer2.weight", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("32C4")]
    [InlineData("P2-")]
    [InlineData("32C3-P1")]
    [InlineData("128-32C3")]
    [InlineData("99999")]
    [InlineData("-5")]
    public void Stages_that_are_none_are_refused(string text) => Assert.Throws<ArgumentException>(() => TtfsStage.Parse(text));

    [Theory]
    [InlineData("P2-8")]
    [InlineData("8C3-P2-P2")]
    [InlineData("8C3-P9")]
    public void Pooling_without_a_layer_or_pixels_is_refused(string text) => Assert.Throws<ArgumentException>(() => new TtfsNetwork(new TtfsSettings { Height = 6, Width = 6, Network = text }, 1));

    private static (TtfsNetwork Network, ushort[] Input) Draw(string stages, int seed)
    {
        var random = new Random(seed);
        var network = new TtfsNetwork(new TtfsSettings { Channels = 2, Height = 6, Width = 7, Steps = 1 << random.Next(1, 5), Network = stages }, 1);
        foreach (RampLayer layer in network.Layers)
        {
            // Eighths, so that sums are exact and a potential at the threshold is there in both.
            for (int i = 0; i < layer.Weights.Length; i++)
            {
                layer.Weights[i] = i % layer.Stride < layer.Neurons ? random.Next(-4, 6) / 8f : 0f;
            }

            for (int j = 0; j < layer.Neurons; j++)
            {
                layer.Bias[j] = random.Next(-4, 5) / 8f;
            }
        }

        ushort[] input = [.. Enumerable.Range(0, 2 * 6 * 7).Select(_ => (ushort)random.Next(network.Settings.Steps + 1))];
        network.Show(0, input);
        network.Forward(1);
        return (network, input);
    }
}
