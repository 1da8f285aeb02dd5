namespace StereoSpike.Model;

/// <summary>The functions of an analog twin, as the paper compares them with spikes.</summary>
public enum ActivationKind
{
    /// <summary>1/(1 + e^−x).</summary>
    Sigmoid,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x where positive, 0.01·x elsewhere.</summary>
    LeakyRelu,
}
