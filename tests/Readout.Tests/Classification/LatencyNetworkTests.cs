using CsCheck;
using StereoSpike.Files;
using StereoSpike.Model;
using StereoSpike.Tests;

namespace StereoSpike.Readout.Tests.Classification;

public class LatencyNetworkTests
{
    private static readonly LatencySettings Small = new() { Height = 3, Width = 4, Hidden = 20, HiddenThreshold = 6f, OutputThreshold = 8f, Steps = 16 };
    private static readonly Gen<int> Seeds = Gen.Int[0, 1 << 20];

    [Fact]
    public void It_fires_as_two_layers_of_the_definition() => Seeds.Sample(seed =>
    {
        (LatencyWeights weights, ushort[] input) = Draw(seed);
        var hidden = new ushort[Small.Hidden];
        var output = new ushort[10];
        SingleSpike.FirstSpikes(input, weights.Tensors[LatencySettings.HiddenWeights].Values, Small.HiddenThreshold, Small.Steps, hidden);
        SingleSpike.FirstSpikes(hidden, weights.Tensors[LatencySettings.OutputWeights].Values, Small.OutputThreshold, Small.Steps, output);

        LatencyNetwork network = weights.Network();
        network.Run(Spikes(input));

        return network.HiddenTimes.SequenceEqual(hidden) && network.OutputTimes.SequenceEqual(output);
    });

    [Fact]
    public void Stopping_at_the_first_output_spike_does_not_change_the_decision() => Seeds.Sample(seed =>
    {
        (LatencyWeights weights, ushort[] input) = Draw(seed);
        LatencyNetwork network = weights.Network();
        TimedSpike[] spikes = Spikes(input);

        return network.Run(spikes) == network.Decide(spikes);
    });

    [Fact]
    public void The_graph_run_step_by_step_fires_the_same_outputs_two_steps_earlier() => Seeds.Sample(seed =>
    {
        (LatencyWeights weights, ushort[] input) = Draw(seed);
        LatencyNetwork network = weights.Network();
        network.Run(Spikes(input));

        int[] expected = [.. network.OutputTimes.ToArray().Select(time => time < Small.Steps ? time - 2 : -1)];
        return expected.SequenceEqual(RunGraph(weights, input));
    });

    [Fact]
    public void A_binary_network_decides_the_same_packed_and_unpacked() => Seeds.Sample(seed =>
    {
        (LatencyWeights weights, ushort[] input) = Draw(seed);
        float[] Signs(string name) => [.. weights.Tensors[name].Values.Select(value => value < 1f ? -1f : 1f)];
        LatencySettings settings = Small with { Method = LatencyMethod.Bs4nn, HiddenThreshold = 1.5f, OutputThreshold = 2f };
        float[] hidden = Signs(LatencySettings.HiddenWeights), output = Signs(LatencySettings.OutputWeights);
        var tensors = new Dictionary<string, WeightTensor> { [LatencySettings.HiddenWeights] = new([Small.Hidden, Small.Inputs], hidden), [LatencySettings.OutputWeights] = new([10, Small.Hidden], output) };
        LatencyNetwork packed = new LatencyWeights(settings, tensors, new Dictionary<string, string>()).Network();
        LatencyNetwork unpacked = new LatencyWeights(settings with { Method = LatencyMethod.S4nn }, tensors, new Dictionary<string, string>()).Network();
        TimedSpike[] spikes = Spikes(input);

        return packed.Hidden is BinarySpikeLayer && unpacked.Hidden is SingleSpikeLayer
            && packed.Run(spikes) == unpacked.Run(spikes) && packed.HiddenTimes.SequenceEqual(unpacked.HiddenTimes);
    });

    [Fact]
    public void Where_no_output_fires_the_potential_before_the_last_useful_step_decides()
    {
        // T = 16. One pixel at step 2 makes hidden 0 fire at 3, which gives output 5 a potential of 1, below θ = 8; one at step 12 makes hidden 1 fire
        // at 13 = T − 3, which gives output 6 a potential of 2, still read; one at step 13 would come at 14, after the reading.
        LatencyWeights weights = Draw(0).Weights;
        float[] hidden = weights.Tensors[LatencySettings.HiddenWeights].Values, output = weights.Tensors[LatencySettings.OutputWeights].Values;
        Array.Clear(hidden);
        Array.Clear(output);
        (hidden[(0 * 12) + 0], hidden[(1 * 12) + 1], hidden[(2 * 12) + 2]) = (7f, 7f, 7f);
        (output[(5 * 20) + 0], output[(6 * 20) + 1], output[(7 * 20) + 2]) = (1f, 2f, 3f);

        LatencyDecision decision = weights.Network().Run([new TimedSpike(2, 0), new TimedSpike(12, 1), new TimedSpike(13, 2)]);

        Assert.Equal(new LatencyDecision(1u << 6, 16, Silent: true), decision);
    }

    [Fact]
    public void A_weights_file_comes_back_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        LatencyWeights weights = Draw(3).Weights;
        weights.Save(folder.File("w.safetensors"));

        LatencyWeights read = LatencyWeights.Load(folder.File("w.safetensors"));

        Assert.Equal(weights.Settings.ToJson(), read.Settings.ToJson());
        Assert.Equal(weights.Tensors[LatencySettings.HiddenWeights].Values, read.Tensors[LatencySettings.HiddenWeights].Values);
    }

    [Fact]
    public void Plain_arrays_are_read_and_binary_networks_take_their_signs()
    {
        using var folder = new TemporaryFolder();
        double[] first = [.. Enumerable.Range(0, 2 * 12).Select(i => i - 11.5)], second = [.. Enumerable.Range(0, 20).Select(i => 9.5 - i)];
        NpzFile.Write(folder.File("w.npz"), new Dictionary<string, NpyArray> { ["w0"] = NpyArray.From(first, 2, 3, 4), ["w1"] = NpyArray.From(second, 10, 2, 1) });

        LatencyWeights real = LatencyWeights.FromArrays(folder.File("w.npz"), Small), binary = LatencyWeights.FromArrays(folder.File("w.npz"), Small with { Method = LatencyMethod.Bs4nn });

        Assert.Equal(2, real.Settings.Hidden);
        Assert.Equal(first.Select(value => (float)value), real.Tensors[LatencySettings.HiddenWeights].Values);
        Assert.Equal(second.Select(value => (float)Math.Sign(value)), binary.Tensors[LatencySettings.OutputWeights].Values);
    }

    [Theory]
    [InlineData("w0", 11, "w1", 10, "w0")]
    [InlineData("w0", 12, "w1", 9, "w1")]
    [InlineData("w0", 12, "weights1", 10, "is missing")]
    public void Plain_arrays_of_another_shape_are_refused_by_name(string firstName, int columns, string secondName, int rows, string named)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("w.npz");
        NpzFile.Write(path, new Dictionary<string, NpyArray> { [firstName] = NpyArray.From(new float[2 * columns], 2, columns), [secondName] = NpyArray.From(new float[rows * 2], rows, 2) });

        var refusal = Assert.Throws<InvalidDataException>(() => LatencyWeights.FromArrays(path, Small));

        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_order_that_is_no_permutation_is_refused() => Assert.Throws<ArgumentException>(() => new LatencySettings { LabelOrder = [0, 1, 2, 3, 4, 5, 6, 7, 8, 8] });

    /// <summary>Weights in steps of ¼, so that sums are exact in any order and ties occur.</summary>
    private static (LatencyWeights Weights, ushort[] Input) Draw(int seed)
    {
        var random = new Random(seed);
        var tensors = new Dictionary<string, WeightTensor>
        {
            [LatencySettings.HiddenWeights] = new([Small.Hidden, Small.Inputs], Values(Small.Hidden * Small.Inputs)),
            [LatencySettings.OutputWeights] = new([10, Small.Hidden], Values(10 * Small.Hidden)),
        };
        return (new LatencyWeights(Small, tensors, new Dictionary<string, string>()), [.. Enumerable.Range(0, Small.Inputs).Select(_ => (ushort)random.Next(Small.Steps + 1))]);

        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.Next(40) - 12) / 4f)];
    }

    private static TimedSpike[] Spikes(ushort[] times)
    {
        var spikes = new TimedSpike[times.Length];
        return spikes[..new SpikeOrder(Small.Steps).Sort(times, spikes)];
    }

    /// <summary>Steps of the graph's first output spikes, −1 for none: linear sums and <see cref="IntegrateAndFire"/>, node by node.</summary>
    private static int[] RunGraph(LatencyWeights weights, ushort[] input)
    {
        NetworkGraph graph = weights.Settings.Graph();
        var potentials = graph.FiringNodes.ToDictionary(node => node.Name, node => new float[node.Shape.Count]);
        int[] first = [.. Enumerable.Repeat(-1, 10)];
        for (int t = 0; t < Small.Steps - 2; t++)
        {
            var values = new Dictionary<string, float[]> { [graph.Input.Name] = [.. input.Select(time => time == t ? 1f : 0f)] };
            foreach (GraphNode node in graph.Nodes.Skip(1))
            {
                float[] from = values[node.Inputs[0]], to = new float[node.Shape.Count];
                if (node.Operation is LinearOperation linear)
                {
                    float[] w = weights.Tensors[linear.Weight].Values;
                    to = [.. to.Select((_, j) => from.Select((x, i) => x * w[(j * from.Length) + i]).Sum())];
                }
                else
                {
                    IntegrateAndFire.Step(from, potentials[node.Name], to, ((FiringOperation)node.Operation).Neuron, leak: 1f);
                }

                values[node.Name] = to;
            }

            first = [.. first.Select((time, o) => time < 0 && values["output"][o] == 1f ? t : time)];
        }

        return first;
    }
}
