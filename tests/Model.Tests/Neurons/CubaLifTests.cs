namespace StereoSpike.Model.Tests.Neurons;

public class CubaLifTests
{
    // Both decays are 1/2: exp(-1/τ) = 1/2 for τ = 1/ln 2, which float rounds to; powers of two then stay exact to 1e-6.
    private const float TauOfOneHalf = 1.442695f;

    private static readonly NeuronSettings Half = NeuronSettings.CurrentBased(TauOfOneHalf, TauOfOneHalf);

    [Fact]
    public void A_spike_moves_the_current_in_the_next_step_and_the_potential_in_the_one_after()
    {
        // a = b = 1/2, one input of weight 1 in step 0:  I = 0, 1, 1/2, 1/4, …  and  U[n+1] = (U[n] + I[n])/2 = 0, 0, 1/2, 1/2, 3/8, 1/4.
        Assert.Equal([0f, 0.5f, 0.5f, 0.375f, 0.25f], Trace(Half, [1f, 0f, 0f, 0f, 0f]).Select(step => MathF.Round(step.Potential, 5)));
    }

    [Fact]
    public void A_neuron_fires_in_the_step_after_it_rose_above_the_threshold_and_forgets_its_potential_but_not_its_current()
    {
        // Input 4 in step 0: I[1] = 4, U[2] = 2 > 1, so S[2] = 1 and U[3] = 0, whatever the current; I[2] = 2, I[3] = 1 go on: U[4] = (0 + 1)/2.
        (float Potential, float Spike)[] trace = [.. Trace(Half, [4f, 0f, 0f, 0f])];

        Assert.Equal([0f, 0f, 1f, 0f], trace.Select(step => step.Spike));
        Assert.Equal([0f, 2f, 0f, 0.5f], trace.Select(step => MathF.Round(step.Potential, 5)));
    }

    [Fact]
    public void A_soft_reset_takes_the_threshold_from_the_charged_potential()
    {
        // As above, but U[3] = (2 + 2)/2 - 1 = 1, which is no more than the threshold.
        Assert.Equal([0f, 2f, 1f, 1f], Trace(Half with { Reset = ResetKind.Soft }, [4f, 0f, 0f, 0f]).Select(step => MathF.Round(step.Potential, 5)));
    }

    [Theory]
    [InlineData(false, 0f)]
    [InlineData(true, 1f)]
    public void A_tie_fires_only_if_asked_to(bool tie, float expected)
    {
        float[] potential = [1f], current = [0f], spikes = [0f];

        CubaLif.Step([0f], potential, current, spikes, Half with { FiresAtEquality = tie });

        Assert.Equal(expected, spikes[0]);
    }

    [Fact]
    public void Without_input_the_potential_decays_to_rest_by_its_time_constant()
    {
        // τ_m = 10 steps, rest -0.5, start 0.5: after ten steps -0.5 + 1/e.
        NeuronSettings neuron = NeuronSettings.CurrentBased(10f, 5f) with { ResetPotential = -0.5f };
        float[] potential = [0.5f], current = [0f], spikes = [0f];
        for (int t = 0; t < 10; t++)
        {
            CubaLif.Step([0f], potential, current, spikes, neuron);
        }

        Assert.Equal(-0.5 + Math.Exp(-1), potential[0], 1e-6);
    }

    [Fact]
    public void Each_neuron_is_sent_to_its_own_arithmetic()
    {
        Assert.Contains("CubaLif advances them", Assert.Throws<ArgumentException>(() => IntegrateAndFire.Step([1f], new float[1], new float[1], Half, 1f)).Message, StringComparison.Ordinal);
        Assert.Contains("IntegrateAndFire advances them", Assert.Throws<ArgumentException>(() => CubaLif.Step([1f], new float[1], new float[1], new float[1], new NeuronSettings())).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(float Potential, float Spike)> Trace(NeuronSettings neuron, float[] input)
    {
        float[] potential = [neuron.ResetPotential], current = [0f], spikes = [0f];
        foreach (float x in input)
        {
            CubaLif.Step([x], potential, current, spikes, neuron);
            yield return (potential[0], spikes[0]);
        }
    }
}
