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

    [Fact]
    public void Charge_that_comes_as_a_ramp_or_a_current_raises_the_potential_step_by_step()
    {
        // θ = 3, one input at step 1 with weight 8. Ramp of 4 steps: V = 2, 4 at steps 1 and 2, so it fires at 3. Current of τ = 4: V = 8·(1 − e^(−u/4)): 1.77, 3.15: at 3, too. Weight 4, τ = 4: 0.88, 1.57, 2.11, 2.53, 2.85,
        // 3.11 in the sixth step, 6, so at 7; the ramp reaches 3 in its third step, a tie, and 4 in the fourth: at 5.
        Assert.Equal(3, One(8f, new SynapticResponse(SynapticShape.Ramp, 4)));
        Assert.Equal(3, One(8f, new SynapticResponse(SynapticShape.Exponential, 4)));
        Assert.Equal(5, One(4f, new SynapticResponse(SynapticShape.Ramp, 4)));
        Assert.Equal(7, One(4f, new SynapticResponse(SynapticShape.Exponential, 4)));

        static int One(float weight, SynapticResponse response)
        {
            var times = new ushort[1];
            SingleSpike.FirstSpikes([1], [weight], 3f, 16, times, response);
            return times[0];
        }
    }

    [Theory]
    [InlineData(SynapticShape.Ramp)]
    [InlineData(SynapticShape.Exponential)]
    public void Slow_synapses_driven_by_events_fire_as_their_definition_says(SynapticShape shape) =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 80], Gen.Int[2, 40], Gen.Int[0, 5], Gen.Int[0, 1 << 20]).Sample((inputs, neurons, steps, tau, seed) =>
        {
            // Ramps of powers of two steps and weights of quarters add up exactly. Currents do not, so their thresholds keep off what sums come near.
            var response = new SynapticResponse(shape, 1 << tau);
            var random = new Random(seed);
            ushort[] input = [.. Enumerable.Range(0, inputs).Select(_ => (ushort)random.Next(steps + 2))];
            float[] weights = [.. Enumerable.Range(0, inputs * neurons).Select(_ => (random.Next(64) - 24) / 4f)];
            float threshold = (random.Next(80) / 4f) + (shape == SynapticShape.Ramp ? 0f : 0.0437f);
            ushort[] expected = new ushort[neurons], below = new ushort[neurons], above = new ushort[neurons];
            SingleSpike.FirstSpikes(input, weights, threshold, steps, expected, response);
            SingleSpike.FirstSpikes(input, weights, threshold - 1e-3f, steps, below, response);
            SingleSpike.FirstSpikes(input, weights, threshold + 1e-3f, steps, above, response);
            ushort[] found = Driven(input, weights, threshold, steps, neurons, response);

            return Enumerable.Range(0, neurons).All(j => found[j] == expected[j] || (shape != SynapticShape.Ramp && found[j] >= below[j] && found[j] <= above[j]));
        },
        iter: 200);

    [Fact]
    public void A_layer_is_idle_when_its_last_ramp_has_risen()
    {
        var layer = new SingleSpikeLayer(1, 1, threshold: 100f, steps: 16, new SynapticResponse(SynapticShape.Ramp, 2));
        layer.Weights[0] = 4f;
        layer.Reset();
        var trace = new List<(float, bool)>();
        for (int t = 0; t < 4; t++)
        {
            layer.Step(t == 0 ? [new TimedSpike(0, 0)] : [], t, new TimedSpike[1]);
            trace.Add((layer.Potentials[0], layer.Idle));
        }

        Assert.Equal([(2f, false), (4f, false), (4f, true), (4f, true)], trace);
    }

    private static ushort[] Driven(ushort[] input, float[] weights, float threshold, int steps, int neurons, SynapticResponse response = default)
    {
        var layer = new SingleSpikeLayer(input.Length, neurons, threshold, steps, response);
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
