using CsCheck;
using StereoSpike.Model;

namespace StereoSpike.Hardware.Tests;

public class IntegerNeuronsTests
{
    private int _unused;   // the current of neurons that have none

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 5)]
    public void A_threshold_that_falls_on_a_whole_number_of_units_fires_there_or_one_later(bool tie, long threshold)
    {
        // θ = 1 and a unit of the input of 0.25: four units reach the threshold exactly.
        var neurons = IntegerNeurons.Fold(new NeuronSettings { FiresAtEquality = tie }, 1, [0.25], 32);

        Assert.Equal([threshold], neurons.FromRest);
        int potential = 0;
        Assert.False(neurons.Step(0, threshold - 1, ref potential, ref _unused));
        potential = 0;
        Assert.True(neurons.Step(0, threshold, ref potential, ref _unused));
    }

    [Fact]
    public void A_threshold_between_two_whole_numbers_is_reached_at_the_next()
    {
        // θ/(m·λ·s) = 1/(10·0.5·0.0625) = 3.2
        var neurons = IntegerNeurons.Fold(new NeuronSettings { Kind = NeuronKind.Plif, InputGain = 10 }, 0.5, [0.0625], 32);

        Assert.Equal([4], neurons.FromRest);
    }

    [Fact]
    public void A_leaky_neuron_halves_what_it_keeps_and_resets_when_it_fires()
    {
        // tau = 2, s = 1, so a unit of v is 1/2 and E = 8 makes it 1/512 of the threshold's 1 … the sum x arrives as x·2^8.
        // Θ = 1/(0.5/256) = 512. Inputs 1, 1, 1: v = 256, 128 + 256 = 384, 192 + 256 = 448; never 512. Input 2 then: 224 + 512 fires, and v is 0.
        var neurons = IntegerNeurons.Fold(new NeuronSettings { Kind = NeuronKind.Lif, TauSteps = 2 }, 0.5, [1], 24);
        var trace = new List<(bool, int)>();
        int potential = 0;
        foreach (long x in (long[])[1, 1, 1, 2, 0])
        {
            trace.Add((neurons.Step(0, x, ref potential, ref _unused), potential));
        }

        Assert.Equal([(false, 256), (false, 384), (false, 448), (true, 0), (false, 0)], trace);
    }

    [Fact]
    public void A_soft_reset_keeps_what_is_over_the_threshold()
    {
        // θ = 1, s = 0.1: Θ = 10. Input 13 fires and leaves 3; then 7 reaches 10 and leaves 0.
        var neurons = IntegerNeurons.Fold(new NeuronSettings { Reset = ResetKind.Soft }, 1, [0.1], 32);
        int potential = 0;

        Assert.True(neurons.Step(0, 13, ref potential, ref _unused));
        Assert.Equal(3, potential);
        Assert.True(neurons.Step(0, 7, ref potential, ref _unused));
        Assert.Equal(0, potential);
    }

    [Fact]
    public void The_membrane_saturates_at_its_width_and_does_not_wrap()
    {
        var neurons = IntegerNeurons.Fold(new NeuronSettings { Threshold = 1000, Reset = ResetKind.Soft }, 1, [1], 12);
        int potential = 0;

        Assert.False(neurons.Step(0, -5_000, ref potential, ref _unused));
        Assert.Equal(-2048, potential);   // 12 bits: −2048 … 2047
        Assert.True(neurons.Step(0, 1_000_000, ref potential, ref _unused));
        Assert.Equal(2047 - 1000, potential);
    }

    [Fact]
    public void A_narrow_membrane_takes_coarser_units_and_says_from_which_sum_on_it_fires()
    {
        // Θ = 1/1e-5 = 100,000 units; 12 bits leave it at most 2^10 = 1024, so 2^-7 of them: 100,000/128 = 781.25, and 781·128 = 99,968 fires.
        var neurons = IntegerNeurons.Fold(new NeuronSettings(), 1, [1e-5], 12);
        int potential = 0;

        Assert.Equal(-7, neurons.Exponent);
        Assert.Equal([99_968], neurons.FromRest);
        Assert.False(neurons.Step(0, 99_967, ref potential, ref _unused));
        potential = 0;
        Assert.True(neurons.Step(0, 99_968, ref potential, ref _unused));
    }

    [Fact]
    public void Potentials_are_counted_from_rest()
    {
        // v_reset = −0.25, θ = 1: the way up is 1.25 = 5 units of 0.25.
        var neurons = IntegerNeurons.Fold(new NeuronSettings { ResetPotential = -0.25f }, 1, [0.25], 32);

        Assert.Equal([5], neurons.FromRest);
        Assert.True(neurons.SilentAtRest);
        Assert.False(IntegerNeurons.Fold(new NeuronSettings { Threshold = -1 }, 1, [0.25], 32).SilentAtRest);
    }

    [Fact]
    public void Over_many_steps_the_integer_potential_stays_beside_the_real_one()
    {
        // Each step rounds v·R by at most 1/2 unit and R itself by 2^-17 of v; what was rounded fades by R a step, so the sum stays under (1/2 + v·2^-17)/λ units.
        Gen.Select(Gen.Double[0.1, 0.9], Gen.Long[-40, 60].Array[30]).Sample((leak, inputs) =>
        {
            double tau = 1 / leak, scale = 0.02;
            var firing = new NeuronSettings { Kind = NeuronKind.Lif, TauSteps = (float)tau };
            float rate = IntegrateAndFire.Leak(firing);
            var neurons = IntegerNeurons.Fold(firing, rate, [scale], 32);
            double unit = rate * scale / Math.ScaleB(1, neurons.Exponent), real = 0;
            int potential = 0;
            foreach (long x in inputs)
            {
                double charged = real + (((x * scale) - real) * rate), allowed = (0.5 + (Math.Abs(real / unit) * Math.ScaleB(1, -17)) + 1) / rate;
                bool fires = neurons.Step(0, x, ref potential, ref _unused);
                if (fires != charged >= 1)
                {
                    Assert.True(Math.Abs(charged - 1) <= allowed * unit, $"{charged} fired {fires}");
                    return;   // at the threshold itself the two may part, and then go their own ways
                }

                real = fires ? 0 : charged;
                Assert.True(Math.Abs(potential - (real / unit)) <= allowed, $"{potential} units beside {real / unit}");
            }
        }, iter: 500);
    }

    [Fact]
    public void A_neuron_that_fires_once_stays_silent_whatever_comes()
    {
        var neurons = IntegerNeurons.Fold(new NeuronSettings { Reset = ResetKind.Once }, 1, [1], 32);
        int potential = 0;
        bool[] fired = [.. new long[] { 0, 5, 5, -100, long.MaxValue >> 1 }.Select(x => neurons.Step(0, x, ref potential, ref _unused))];

        Assert.Equal([false, true, false, false, false], fired);
        Assert.False(neurons.Awake(0, potential, 0));
    }

    [Fact]
    public void The_lowest_potential_of_a_neuron_that_fires_once_is_not_taken_for_having_fired()
    {
        var neurons = IntegerNeurons.Fold(new NeuronSettings { Reset = ResetKind.Once }, 1, [1], 32);
        int potential = 0;

        Assert.False(neurons.Step(0, long.MinValue >> 1, ref potential, ref _unused));
        Assert.True(neurons.Step(0, int.MaxValue + 100L, ref potential, ref _unused));
    }

    [Fact]
    public void A_current_based_neuron_answers_two_steps_later_and_stays_beside_the_real_one()
    {
        // Each step rounds the current by 1/2 unit and 2^-17 of itself, and what was rounded fades by b; the potential takes that over, with a rounding of its own, and fades by a.
        Gen.Select(Gen.Float[1, 10], Gen.Float[1, 10], Gen.Long[-20, 60].Array[40]).Sample((tauMembrane, tauSynapse, inputs) =>
        {
            const double Scale = 0.05;
            NeuronSettings firing = NeuronSettings.CurrentBased(tauMembrane, tauSynapse);
            double a = CubaLif.Decay(tauMembrane), b = CubaLif.Decay(tauSynapse), u = 0, current = 0, largest = 0, largestCurrent = 0;
            var neurons = IntegerNeurons.Fold(firing, 1 - a, [Scale], 32);
            double unit = (1 - a) * Scale / Math.ScaleB(1, neurons.Exponent);
            int potential = 0, integerCurrent = 0;
            for (int t = 0; t < inputs.Length; t++)
            {
                bool fires = neurons.Step(0, inputs[t], ref potential, ref integerCurrent);
                double currentOff = (0.5 + (largestCurrent * Math.ScaleB(1, -17))) / (1 - b), allowed = (currentOff + 0.5 + (largest * Math.ScaleB(1, -17))) / (1 - a);
                Assert.False(t < 2 && fires);
                if (fires != u > 1)
                {
                    Assert.True(Math.Abs(u - 1) <= (allowed + 1) * unit, $"{u} fired {fires}");
                    return;
                }

                (u, current) = (fires ? 0 : (a * u) + ((1 - a) * current), (b * current) + (inputs[t] * Scale));
                (largest, largestCurrent) = (Math.Max(largest, Math.Abs(u / unit)), Math.Max(largestCurrent, Math.Abs(current * (1 - a) / unit)));
                currentOff = (0.5 + (largestCurrent * Math.ScaleB(1, -17))) / (1 - b);
                allowed = (currentOff + 0.5 + (largest * Math.ScaleB(1, -17))) / (1 - a);
                Assert.InRange(potential - (u / unit), -allowed - 1, allowed + 1);
                Assert.InRange(integerCurrent - (current * (1 - a) / unit), -currentOff - 1, currentOff + 1);
            }
        }, iter: 500);
    }
}
