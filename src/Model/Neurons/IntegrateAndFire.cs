namespace StereoSpike.Model;

/// <summary>What the neurons of a layer do in one time step, as plain arithmetic: the definition that every engine is tested against.</summary>
/// <remarks><code>
/// charge   If     h[t] = v[t-1] + m·x[t]
///          Lif    h[t] = v[t-1] + (m·x[t] - (v[t-1] - v_reset)) / tau
///          Plif   h[t] = v[t-1] + (m·x[t] - (v[t-1] - v_reset)) · sigma(w),   sigma(w) = 1 / (1 + exp(-w)) = 1/tau
/// fire     s[t] = 1 if h[t] >= v_threshold (or > where a tie does not fire), else 0
/// reset    hard   v[t] = v_reset if s[t] = 1, else h[t]
///          soft   v[t] = h[t] - v_threshold·s[t]
///          once   v[t] = -inf if s[t] = 1, and from then on
/// </code>
/// Source: Fang et al., "Incorporating Learnable Membrane Time Constant to Enhance Learning of Spiking Neural Networks", ICCV 2021 (arXiv:2007.05785).
/// Deviation: in the paper the leak of PLIF acts on m·x − (v − v_reset), as here; StereoSpike's text writes x − (v − v_reset), which is the same with m applied before the neuron.
/// </remarks>
public static class IntegrateAndFire
{
    /// <summary>Advances a layer by one time step: charge, fire, reset.</summary>
    /// <param name="input">Input current, shape [K], in potential per step.</param>
    /// <param name="potential">Membrane potential, shape [K]; v[t-1] on entry, v[t] on return.</param>
    /// <param name="spikes">Receives 1 where a neuron fired and 0 elsewhere, shape [K].</param>
    /// <param name="neuron">The layer's constants.</param>
    /// <param name="leak">1/τ, 0..1: <see cref="Leak"/> of the layer.</param>
    /// <returns>How many neurons fired.</returns>
    /// <exception cref="ArgumentException">The three spans differ in length, or the neurons are current-based: <see cref="CubaLif"/> advances those.</exception>
    public static int Step(ReadOnlySpan<float> input, Span<float> potential, Span<float> spikes, NeuronSettings neuron, float leak)
    {
        ArgumentNullException.ThrowIfNull(neuron);
        Guard.Length(potential.Length, input.Length, nameof(potential));
        Guard.Length(spikes.Length, input.Length, nameof(spikes));
        if (neuron.Kind == NeuronKind.CubaLif)
        {
            throw new ArgumentException("Current-based neurons keep a current beside their potential; CubaLif advances them.", nameof(neuron));
        }

        float gain = neuron.InputGain, threshold = neuron.Threshold, rest = neuron.ResetPotential;
        float afterSpike = neuron.Reset == ResetKind.Once ? float.NegativeInfinity : rest;
        bool leaks = neuron.Kind != NeuronKind.If, soft = neuron.Reset == ResetKind.Soft, tie = neuron.FiresAtEquality;
        int fired = 0;
        for (int i = 0; i < input.Length; i++)
        {
            float v = potential[i], x = gain * input[i];
            float h = leaks && v != float.NegativeInfinity ? v + ((x - (v - rest)) * leak) : v + x;   // a leak would make -inf no number
            bool fires = h > threshold || (tie && h == threshold);
            spikes[i] = fires ? 1f : 0f;
            potential[i] = !fires ? h : soft ? h - threshold : afterSpike;
            fired += fires ? 1 : 0;
        }

        return fired;
    }

    /// <summary>1/τ of a layer.</summary>
    /// <param name="neuron">The layer's constants.</param>
    /// <param name="w">The learned weight of a PLIF layer; other kinds ignore it.</param>
    /// <returns>0..1; 1 for IF, whose charge does not use it.</returns>
    public static float Leak(NeuronSettings neuron, float w = 0f)
    {
        ArgumentNullException.ThrowIfNull(neuron);
        return neuron.Kind switch
        {
            NeuronKind.Lif => 1f / neuron.TauSteps,
            NeuronKind.Plif => 1f / (1f + MathF.Exp(-w)),
            _ => 1f,
        };
    }

    /// <summary>The w whose σ(w) is 1/τ, where PLIF's learning starts.</summary>
    /// <param name="tauSteps">τ in steps, greater than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">τ is 1 or less: σ never reaches 1.</exception>
    public static float WeightOfTau(float tauSteps) => -MathF.Log(Guard.Above(tauSteps, 1f) - 1f);
}
