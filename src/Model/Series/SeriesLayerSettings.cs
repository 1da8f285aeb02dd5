namespace StereoSpike.Model;

/// <summary>A <see cref="SeriesLayer"/>'s shape and neurons.</summary>
public sealed record SeriesLayerSettings
{
    /// <summary>Channels, 1 to 4096.</summary>
    public int Channels { get; init => field = Guard.Within(value, 1, 4096); } = 16;

    /// <summary>Reach of the convolution; one tap is a matrix product at every step.</summary>
    public TemporalKernel Kernel { get; init; } = new();

    /// <summary>Spiking neurons, or their twin that does not spike.</summary>
    public SeriesNeuronKind Neuron { get; init; } = SeriesNeuronKind.Spiking;

    /// <summary>The surrogate gradient, as <see cref="Surrogate.Parse"/> reads it.</summary>
    public string Surrogate { get; init => field = Model.Surrogate.Parse(value).ToString(); } = "sigmoid:10";

    /// <summary>Whether the gradient ignores that a spike resets the potential.</summary>
    public bool DetachReset { get; init; }

    /// <summary>Whether neurons of a band hear all neurons of that band, one step later.</summary>
    public bool Recurrent { get; init; }

    /// <summary>κ: how much a neuron that fires at every step raises its threshold; 0 keeps the threshold.</summary>
    public float Adaptation { get; init => field = Guard.Within(value, 0f, 100f); }

    /// <summary>Time constant of the raised threshold, in steps.</summary>
    public float AdaptationTauSteps { get; init => field = Guard.Within(value, 1f, 1e6f); } = 20f;

    /// <summary>β that learning starts from, 0 to 1: the share of the potential that a step leaves.</summary>
    public float InitialBeta { get; init => field = Guard.Within(value, 0f, 1f); } = 0.7f;

    /// <summary>Whether β is learned; it stays as it is if not.</summary>
    public bool LearnBeta { get; init; } = true;

    /// <summary>Gradients go back through time within pieces of so many steps; 0 is the whole sequence.</summary>
    public int TruncateSteps { get; init => field = Guard.AtLeast(value, 0); }
}
