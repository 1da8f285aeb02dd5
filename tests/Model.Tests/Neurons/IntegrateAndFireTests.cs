using System.Globalization;
using StereoSpike.Tests;

namespace StereoSpike.Model.Tests.Neurons;

public class IntegrateAndFireTests
{
    private static readonly NeuronSettings If = new() { Kind = NeuronKind.If };

    [Fact]
    public void An_IF_neuron_sums_its_input_fires_at_the_threshold_and_starts_again_from_rest()
    {
        // 0.5, 0.75, then 1: a tie, which fires and resets to 0; the fourth starts again.
        Assert.Equal([(0.5f, 0f), (0.75f, 0f), (0f, 1f), (0.5f, 0f)], Trace(If, [0.5f, 0.25f, 0.25f, 0.5f]));
    }

    [Fact]
    public void A_neuron_that_does_not_fire_at_equality_waits_for_more()
    {
        // 1 is not above 1; 1.25 is.
        NeuronSettings strict = If with { FiresAtEquality = false };

        Assert.Equal([(0.5f, 0f), (1f, 0f), (0f, 1f)], Trace(strict, [0.5f, 0.5f, 0.25f]));
    }

    [Fact]
    public void A_soft_reset_keeps_what_was_above_the_threshold()
    {
        // 0.75; 1.5 fires, 0.5 left; 1.25 fires, 0.25 left; 1 fires at the tie, 0 left; 2.5 fires once only, 1.5 left, which fires without input.
        NeuronSettings soft = If with { Reset = ResetKind.Soft };

        Assert.Equal(
            [(0.75f, 0f), (0.5f, 1f), (0.25f, 1f), (0f, 1f), (1.5f, 1f), (0.5f, 1f)],
            Trace(soft, [0.75f, 0.75f, 0.75f, 0.75f, 2.5f, 0f]));
    }

    [Theory]
    [InlineData(NeuronKind.If)]
    [InlineData(NeuronKind.Lif)]
    public void A_neuron_that_fires_once_is_silent_whatever_comes_after(NeuronKind kind)
    {
        // tau = 1 makes LIF follow its input at once, so both kinds cross 1 with the first 2; then -inf, and no input brings them back.
        NeuronSettings once = If with { Kind = kind, TauSteps = 1f, Reset = ResetKind.Once };

        Assert.Equal(
            [(0.5f, 0f), (float.NegativeInfinity, 1f), (float.NegativeInfinity, 0f), (float.NegativeInfinity, 0f)],
            Trace(once, [0.5f, 2f, 100f, -1f]));
    }

    [Fact]
    public void A_LIF_neuron_moves_a_share_of_the_way_to_its_input()
    {
        // tau = 2: half the way to 1 each step, 0.5, 0.75, 0.875; the last is the threshold. Then half the way from 0 to -1.
        var lif = new NeuronSettings { Kind = NeuronKind.Lif, TauSteps = 2f, Threshold = 0.875f };

        Assert.Equal([(0.5f, 0f), (0.75f, 0f), (0f, 1f), (-0.5f, 0f)], Trace(lif, [1f, 1f, 1f, -1f]));
    }

    [Fact]
    public void A_LIF_neuron_leaks_towards_its_reset_potential_not_towards_zero()
    {
        // v_reset = -0.5, tau = 2: h = v + (x - (v + 0.5))/2. From -0.5 with x = 2: 0.5, then 0.5 + (2 - 1)/2 = 1, fires, back to -0.5.
        // Without input from there: -0.5 + (0 - 0)/2 stays; with 1: 0, and then without input -0.25, half the way back.
        var lif = new NeuronSettings { Kind = NeuronKind.Lif, TauSteps = 2f, ResetPotential = -0.5f };

        Assert.Equal([(0.5f, 0f), (-0.5f, 1f), (-0.5f, 0f), (0f, 0f), (-0.25f, 0f)], Trace(lif, [2f, 2f, 0f, 1f, 0f]));
    }

    [Fact]
    public void A_PLIF_neuron_takes_its_time_constant_from_its_weight()
    {
        // w = 0: sigma = 1/2, tau = 2; with m = 8 an input of 1/8 is a current of 1.
        var plif = new NeuronSettings { Kind = NeuronKind.Plif, InputGain = 8f, Threshold = 0.75f };

        Assert.Equal([(0.5f, 0f), (0f, 1f), (0.5f, 0f)], Trace(plif, [0.125f, 0.125f, 0.125f], w: 0f));
    }

    [Theory]
    [InlineData(2f, 0f)]             // 1/2 = sigma(0)
    [InlineData(3f, -0.6931472f)]    // 1/3 = 1/(1 + e^ln 2)
    [InlineData(1.25f, 1.3862944f)]  // 4/5 = 1/(1 + e^-ln 4)
    public void The_weight_of_a_time_constant_leaks_by_its_inverse(float tau, float weight)
    {
        Assert.Equal(weight, IntegrateAndFire.WeightOfTau(tau), 1e-6f);
        Assert.Equal(1f / tau, IntegrateAndFire.Leak(new NeuronSettings { Kind = NeuronKind.Plif }, weight), 1e-6f);
        Assert.Equal(1f / tau, IntegrateAndFire.Leak(new NeuronSettings { Kind = NeuronKind.Lif, TauSteps = tau }), 1e-6f);
    }

    [Fact]
    public void A_time_constant_of_one_step_has_no_weight()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => IntegrateAndFire.WeightOfTau(1f));

        Assert.Contains("must be greater than 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_neurons_that_fired_is_returned()
    {
        float[] potential = [0f, 0.5f, 0.875f, -1f], spikes = new float[4];

        // With 0.5 more: 0.5, 1, 1.375, -0.5: two at or above 1.
        int fired = IntegrateAndFire.Step([0.5f, 0.5f, 0.5f, 0.5f], potential, spikes, If, leak: 1f);

        Assert.Equal(2, fired);
        Assert.Equal([0f, 1f, 1f, 0f], spikes);
        Assert.Equal([0.5f, 0f, 0f, -0.5f], potential);
    }

    [Fact]
    public void Spans_of_other_lengths_are_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => IntegrateAndFire.Step(new float[3], new float[2], new float[3], If, 1f));

        Assert.StartsWith("potential holds 2 elements where 3 are needed.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>1,000 steps of Norse's LIF neuron (tau 2.5 ms, dt 0.1 ms, threshold 0.1): columns input, voltage after the step, spike.</summary>
    [DataFact("nir/01_lif__lif_norse.csv")]
    public void A_LIF_neuron_follows_Norses_trace()
    {
        // tau in steps is 2.5 / 0.1 = 25; Norse fires above the threshold only.
        var lif = new NeuronSettings { Kind = NeuronKind.Lif, TauSteps = 25f, Threshold = 0.1f, FiresAtEquality = false };
        double[][] rows = [.. File.ReadLines(TestData.Path("nir/01_lif__lif_norse.csv"))
            .Select(line => line.Split(',').Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray())];

        (float Potential, float Spike)[] trace = Trace(lif, [.. rows.Select(row => (float)row[0])]);

        Assert.Equal(1000, rows.Length);
        Assert.Equal(4, rows.Count(row => row[2] == 1));
        for (int t = 0; t < rows.Length; t++)
        {
            Assert.Equal((float)rows[t][2], trace[t].Spike);
            Assert.Equal(rows[t][1], trace[t].Potential, 1e-7);   // the file holds float32; a step of ours rounds to 4e-9 near 0.1
        }
    }

    /// <summary>Exact integration of the same neuron: the explicit Euler step of ours and Norse's differs by O(dt), but fires at the same steps.</summary>
    [DataFact("nir/01_lif__lif_exact.csv")]
    public void A_LIF_neuron_fires_at_the_steps_of_the_exact_solution()
    {
        var lif = new NeuronSettings { Kind = NeuronKind.Lif, TauSteps = 25f, Threshold = 0.1f, FiresAtEquality = false };
        string[][] rows = [.. File.ReadLines(TestData.Path("nir/01_lif__lif_exact.csv")).Select(line => line.Split(','))];

        (float Potential, float Spike)[] trace = Trace(lif, [.. rows.Select(row => float.Parse(row[0], CultureInfo.InvariantCulture))]);

        Assert.Equal(rows.Select(row => float.Parse(row[2], CultureInfo.InvariantCulture)), trace.Select(step => step.Spike));
    }

    private static (float Potential, float Spike)[] Trace(NeuronSettings neuron, float[] inputs, float w = 0f)
    {
        float[] potential = [neuron.ResetPotential], spikes = [0f];
        return [.. inputs.Select(input =>
        {
            IntegrateAndFire.Step([input], potential, spikes, neuron, IntegrateAndFire.Leak(neuron, w));
            return (potential[0], spikes[0]);
        })];
    }
}
