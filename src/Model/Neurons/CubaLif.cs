namespace StereoSpike.Model;

/// <summary>What current-based leaky integrate-and-fire neurons do in one time step, as plain arithmetic: the definition that every engine is tested against.</summary>
/// <remarks><code>
/// fire      S[n]   = 1 if U[n] > θ (or >= where a tie fires), else 0
/// charge    h      = U_rest + a·(U[n] - U_rest) + (1 - a)·I[n]                  a = exp(-1/τ_m)
/// reset     U[n+1] = U_rest if S[n] = 1, else h  (hard);   h - θ·S[n]  (soft)
/// current   I[n+1] = b·I[n] + m·x[n]                                            b = exp(-1/τ_s)
/// </code>
/// in that order: a spike that arrives in a step moves the current in the next one and the potential in the one after. Time constants are in steps; U and I start at U_rest and 0.
/// A spike makes the current jump by its whole weight, it is not scaled by 1 − b.
/// Source: stork's LIF group (Rossbroich, Gygax, Zenke, "Fluctuation-driven initialization for spiking neural network training",
/// Neuromorphic Computing and Engineering 2 (2022), arXiv:2206.10226); the same equations are NIR's CubaLIF
/// (Pedersen et al., Nature Communications 15 (2024), arXiv:2311.14641), with its leak potential as U_rest.
/// Beyond stork: U_rest other than 0, the soft reset, m, and ties that fire.
/// </remarks>
public static class CubaLif
{
    /// <summary>Advances a layer by one time step: fire, charge, reset, then let the current take its input in.</summary>
    /// <param name="input">Sums of weighted spikes, shape [K].</param>
    /// <param name="potential">Membrane potential, shape [K]; U[n] on entry, U[n+1] on return.</param>
    /// <param name="current">Synaptic current, shape [K]; I[n] on entry, I[n+1] on return.</param>
    /// <param name="spikes">Receives S[n]: 1 where a neuron fired and 0 elsewhere, shape [K].</param>
    /// <param name="neuron">The layer's constants, of kind <see cref="NeuronKind.CubaLif"/>.</param>
    /// <returns>How many neurons fired.</returns>
    /// <exception cref="ArgumentException">The spans differ in length, or the neuron is of another kind.</exception>
    public static int Step(ReadOnlySpan<float> input, Span<float> potential, Span<float> current, Span<float> spikes, NeuronSettings neuron)
    {
        ArgumentNullException.ThrowIfNull(neuron);
        Guard.Length(potential.Length, input.Length, nameof(potential));
        Guard.Length(current.Length, input.Length, nameof(current));
        Guard.Length(spikes.Length, input.Length, nameof(spikes));
        if (neuron.Kind != NeuronKind.CubaLif)
        {
            throw new ArgumentException($"{neuron.Kind} neurons have no synaptic current; IntegrateAndFire advances them.", nameof(neuron));
        }

        float a = Decay(neuron.TauSteps), b = Decay(neuron.SynapticTauSteps), gain = neuron.InputGain, threshold = neuron.Threshold, rest = neuron.ResetPotential;
        float afterSpike = neuron.Reset == ResetKind.Once ? float.NegativeInfinity : rest;   // no decay brings it back
        bool soft = neuron.Reset == ResetKind.Soft, tie = neuron.FiresAtEquality;
        int fired = 0;
        for (int i = 0; i < input.Length; i++)
        {
            float u = potential[i];
            bool fires = u > threshold || (tie && u == threshold);
            float h = rest + (a * (u - rest)) + ((1f - a) * current[i]);
            spikes[i] = fires ? 1f : 0f;
            potential[i] = !fires ? h : soft ? h - threshold : afterSpike;
            current[i] = (b * current[i]) + (gain * input[i]);
            fired += fires ? 1 : 0;
        }

        return fired;
    }

    /// <summary>What is left after a step of something that decays: exp(−1/τ).</summary>
    /// <param name="tauSteps">τ in steps, greater than 0.</param>
    public static float Decay(float tauSteps) => (float)Math.Exp(-1.0 / Guard.Above(tauSteps, 0f));
}
