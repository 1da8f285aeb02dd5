namespace StereoSpike.Model;

/// <summary>How a neuron's potential follows its input.</summary>
public enum NeuronKind
{
    /// <summary>Integrate and fire: it sums its input and forgets nothing.</summary>
    If,

    /// <summary>Leaky integrate and fire, with a fixed time constant.</summary>
    Lif,

    /// <summary>Parametric leaky integrate and fire: the layer learns its time constant, 1/τ = σ(w).</summary>
    Plif,

    /// <summary>Current-based leaky integrate and fire: a spike jumps a synaptic current, and the potential follows that (stork's LIF, NIR's CubaLIF): see <see cref="CubaLif"/>.</summary>
    CubaLif,
}

/// <summary>What a neuron's potential becomes when it fires.</summary>
public enum ResetKind
{
    /// <summary>The reset potential.</summary>
    Hard,

    /// <summary>What it was, less the threshold.</summary>
    Soft,

    /// <summary>−∞, where it stays: the neuron fires at most once (S4NN, time to first spike).</summary>
    Once,
}

/// <summary>A layer's neurons: one sort, one set of constants.</summary>
public sealed record NeuronSettings
{
    /// <summary>How the potential follows the input.</summary>
    public NeuronKind Kind { get; init; } = NeuronKind.If;

    /// <summary>m: what the layer's input is multiplied by on its way in; greater than 0. StereoSpike takes 1 with IF and 10 with PLIF.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public float InputGain { get; init => field = Guard.Above(value, 0f); } = 1f;

    /// <summary>Potential at which a neuron fires.</summary>
    public float Threshold { get; init; } = 1f;

    /// <summary>Potential at rest, and after a hard reset.</summary>
    public float ResetPotential { get; init; }

    /// <summary>What firing does to the potential.</summary>
    public ResetKind Reset { get; init; } = ResetKind.Hard;

    /// <summary>Membrane time constant in steps, at least 1; for PLIF the value that learning starts from. IF has none and ignores it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1, or to NaN.</exception>
    public float TauSteps { get; init => field = Guard.AtLeast(value, 1f); } = 2f;

    /// <summary>Synaptic time constant in steps, at least 1; only a current-based neuron has one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1, or to NaN.</exception>
    public float SynapticTauSteps { get; init => field = Guard.AtLeast(value, 1f); } = 2f;

    /// <summary>Whether a potential equal to the threshold fires (StereoSpike and SpikingJelly: yes; S4NN, stork, snnTorch, Norse and NIR: no).</summary>
    public bool FiresAtEquality { get; init; } = true;

    /// <summary>Whether the reset is kept out of the gradient.</summary>
    public bool DetachReset { get; init; } = true;

    /// <summary>The gradient of firing.</summary>
    public Surrogate Surrogate { get; init; } = Surrogate.Default;

    /// <summary>Current-based neurons as stork has them: threshold 1, a tie does not fire, hard reset to 0 kept out of the gradient, SuperSpike with α = 20.</summary>
    /// <param name="membraneTauSteps">τ_m in steps, at least 1.</param>
    /// <param name="synapticTauSteps">τ_s in steps, at least 1.</param>
    public static NeuronSettings CurrentBased(float membraneTauSteps, float synapticTauSteps) => new()
    {
        Kind = NeuronKind.CubaLif,
        TauSteps = membraneTauSteps,
        SynapticTauSteps = synapticTauSteps,
        FiresAtEquality = false,
        Surrogate = new Surrogate(SurrogateShape.SuperSpike, 20f),
    };
}
