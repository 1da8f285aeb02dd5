using CsCheck;

namespace StereoSpike.Model.Tests.Latency;

public class BinarySpikeLayerTests
{
    [Fact]
    public void Counting_bits_fires_the_neurons_that_adding_signs_does()
    {
        // Up to 1100 neurons and 300 inputs: three blocks of 512 and counts of nine bits; thresholds with and without ties.
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 1100], Gen.Int[2, 30], Gen.Int[0, 40], Gen.Int[0, 1 << 20]).Sample(
            (inputs, neurons, steps, threshold, seed) =>
            {
                var random = new Random(seed);
                float[] weights = [.. Enumerable.Range(0, inputs * neurons).Select(_ => random.Next(3) == 0 ? -1f : 1f)];
                TimedSpike[] spikes = [.. Enumerable.Range(0, inputs).Select(i => new TimedSpike((ushort)random.Next(steps), (ushort)i)).OrderBy(spike => spike.Time)];
                var sums = new SingleSpikeLayer(inputs, neurons, threshold / 2f, steps);
                sums.Import(weights);

                return Fired(new BinarySpikeLayer(weights, inputs, neurons, threshold / 2f), spikes, steps).SequenceEqual(Fired(sums, spikes, steps));
            },
            iter: 200);
    }

    [Fact]
    public void A_weight_is_a_bit()
    {
        // 784 inputs, 600 neurons: two blocks of 512 bits an input, 784·128 bytes, where 32-bit floats take 784·600·4.
        Assert.Equal(100_352, new BinarySpikeLayer([.. Enumerable.Repeat(1f, 784 * 600)], 784, 600, 25f).WeightBytes);
    }

    [Fact]
    public void A_weight_that_is_neither_minus_one_nor_one_is_refused() => Assert.Throws<ArgumentException>(() => new BinarySpikeLayer([1f, 0f], 2, 1, 1f));

    [Fact]
    public void A_second_spike_of_an_input_is_refused_before_it_overflows_a_count()
    {
        var layer = new BinarySpikeLayer([1f, 1f], 2, 1, 1f);
        layer.Reset();

        Assert.Throws<ArgumentException>(() => layer.Step([new TimedSpike(0, 0), new TimedSpike(0, 0), new TimedSpike(0, 1)], 0, new TimedSpike[1]));
    }

    private static List<TimedSpike> Fired(ISingleSpikeLayer layer, TimedSpike[] spikes, int steps)
    {
        var all = new List<TimedSpike>();
        var fired = new TimedSpike[layer.Neurons];
        layer.Reset();
        for (int t = 0; t < steps - 1; t++)
        {
            all.AddRange(fired.AsSpan(0, layer.Step([.. spikes.Where(spike => spike.Time == t)], t, fired)));
        }

        return all;
    }
}
