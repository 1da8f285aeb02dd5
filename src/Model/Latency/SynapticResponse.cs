namespace StereoSpike.Model;

/// <summary>How a spike's charge reaches the membrane.</summary>
public enum SynapticShape
{
    /// <summary>All at once, in the step in which the spike arrives.</summary>
    Instantaneous,

    /// <summary>In equal parts over τ steps: the potential rises along a straight line, and stays.</summary>
    Ramp,

    /// <summary>As a current that decays by 1/e in τ steps.</summary>
    Exponential,
}

/// <summary>What a spike does to the potential of a neuron that forgets nothing, per unit of weight: a step, a straight line, or the integral of a decaying current.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="TauSteps">τ, steps, at least 1; an instantaneous response has none and ignores it.</param>
/// <remarks>u steps after its arrival, the step of the arrival counted as the first:
/// <code>
/// Instantaneous   ε(u) = 1
/// Ramp            ε(u) = min(u / τ, 1)
/// Exponential     ε(u) = 1 − e^(−u/τ)
/// </code>
/// Sources: Kheradpisheh and Masquelier, S4NN, 2020 (arXiv:1910.09495); Mirsadeghi, Shalchian, Kheradpisheh and Masquelier, "STiDi-BP: Spike time displacement based error backpropagation in multilayer spiking neural
/// networks", Neurocomputing 427, 2021, for the ramp; Mostafa, "Supervised learning based on temporal coding in spiking neural networks", 2017 (arXiv:1606.08165), for the exponential.
/// </remarks>
public readonly record struct SynapticResponse(SynapticShape Shape, int TauSteps = 1)
{
    /// <summary>ε.</summary>
    /// <param name="elapsed">u, steps; 0 and less give 0.</param>
    public float After(int elapsed) => elapsed <= 0 ? 0f : Shape switch
    {
        SynapticShape.Ramp => Math.Min((float)elapsed / TauSteps, 1f),
        SynapticShape.Exponential => 1f - MathF.Exp(-(float)elapsed / TauSteps),
        _ => 1f,
    };
}
