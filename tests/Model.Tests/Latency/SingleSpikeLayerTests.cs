using CsCheck;

namespace StereoSpike.Model.Tests.Latency;

public class SingleSpikeLayerTests
{
    [Fact]
    public void A_neuron_fires_a_step_after_it_crosses_and_only_strictly_above_its_threshold()
    {
        // One neuron, θ = 3. Inputs at 0, 2, 5 with weights 1, 2, 0.5: V = 1, 1, 3 (a tie: no), 3, 3, 3.5 at t = 5, so it fires at 6.
        var times = new ushort[1];

        SingleSpike.FirstSpikes([0, 2, 5], [1f, 2f, 0.5f], threshold: 3f, steps: 16, times);

        Assert.Equal(6, times[0]);
    }

    [Fact]
    public void A_crossing_in_the_last_step_comes_too_late()
    {
        // T = 8: an input at 6 makes it fire at 7; one at 7 would make it fire at 8, which means never.
        var times = new ushort[1];

        SingleSpike.FirstSpikes([6], [1f], 0.5f, 8, times);
        Assert.Equal(7, times[0]);

        SingleSpike.FirstSpikes([7], [1f], 0.5f, 8, times);
        Assert.Equal(8, times[0]);
    }

    [Fact]
    public void The_layer_driven_by_events_fires_as_its_definition_says()
    {
        // Weights are multiples of 1/4 below 8, so sums are exact in any order and ties occur. Sizes go across the blocks of 16 and 64 neurons.
        Gen<(int Inputs, int Neurons, int Steps, int Seed)> cases = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 150], Gen.Int[2, 40], Gen.Int[0, 1 << 20]);
        cases.Sample(
            sample =>
            {
                var random = new Random(sample.Seed);
                ushort[] input = [.. Enumerable.Range(0, sample.Inputs).Select(_ => (ushort)random.Next(sample.Steps + 2))];
                float[] weights = [.. Enumerable.Range(0, sample.Inputs * sample.Neurons).Select(_ => (random.Next(64) - 24) / 4f)];
                float threshold = random.Next(80) / 4f;
                var expected = new ushort[sample.Neurons];
                SingleSpike.FirstSpikes(input, weights, threshold, sample.Steps, expected);

                return expected.SequenceEqual(Driven(input, weights, threshold, sample.Steps, sample.Neurons));
            },
            iter: 300);
    }

    [Fact]
    public void Spikes_come_out_in_the_order_of_their_times()
    {
        var spikes = new TimedSpike[6];

        int count = new SpikeOrder(4).Sort([3, 0, 4, 3, 1, 9], spikes);

        Assert.Equal([new(0, 1), new(1, 4), new(3, 0), new(3, 3)], spikes[..count]);   // 4 and 9 are "never" with T = 4
    }

    [Fact]
    public void Weights_go_in_and_come_out_in_the_order_of_a_file()
    {
        var layer = new SingleSpikeLayer(inputs: 3, neurons: 2, threshold: 1f, steps: 8);

        layer.Import([1f, 2f, 3f, 4f, 5f, 6f]);

        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], layer.Export());
        Assert.Equal(4f, layer.Weights[1 * layer.Stride - layer.Stride + 1]);   // from input 0 to neuron 1
    }

    [Fact]
    public void A_spike_from_outside_the_inputs_is_refused()
    {
        var layer = new SingleSpikeLayer(inputs: 3, neurons: 2, threshold: 1f, steps: 8);

        Assert.Throws<ArgumentException>(() => layer.Step([new TimedSpike(0, 3)], 0, new TimedSpike[2]));
    }

    private static ushort[] Driven(ushort[] input, float[] weights, float threshold, int steps, int neurons)
    {
        var layer = new SingleSpikeLayer(input.Length, neurons, threshold, steps);
        layer.Import(weights);
        layer.Reset();
        var spikes = new TimedSpike[input.Length];
        spikes = spikes[..new SpikeOrder(steps).Sort(input, spikes)];
        ushort[] times = [.. Enumerable.Repeat((ushort)steps, neurons)];
        var fired = new TimedSpike[neurons];
        for (int t = 0; t < steps - 1; t++)
        {
            int count = layer.Step([.. spikes.Where(spike => spike.Time == t)], t, fired);
            foreach (TimedSpike spike in fired[..count])
            {
                times[spike.Neuron] = spike.Time;
            }
        }

        return times;
    }
}
