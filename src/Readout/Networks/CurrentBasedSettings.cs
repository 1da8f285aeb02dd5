namespace StereoSpike.Readout;

/// <summary>Everything that fixes a fully connected network of current-based neurons for sequences.</summary>
public sealed record CurrentBasedSettings
{
    /// <summary>Units of the input, at least 1.</summary>
    public required int Inputs { get; init => field = Guard.AtLeast(value, 1); }

    /// <summary>Neurons of each hidden layer, first to last; at least one layer.</summary>
    /// <exception cref="ArgumentException">Set to no layer, or one without neurons.</exception>
    public required IReadOnlyList<int> Hidden
    {
        get;
        init => field = value is { Count: > 0 } && value.All(width => width > 0)
            ? value
            : throw new ArgumentException("A network needs at least one hidden layer, and each at least one neuron.");
    }

    /// <summary>Outputs; 0 for none.</summary>
    public int Outputs { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Membrane and synaptic time constant, steps, at least 1.</summary>
    public (float Membrane, float Synapse) TauSteps { get; init; } = (10f, 5f);

    /// <summary>Membrane time constant of the readout, steps, at least 1: the sequence's length in stork.</summary>
    public float ReadoutTauSteps { get; init => field = Guard.AtLeast(value, 1f); } = 100f;

    /// <summary>Whether each hidden layer hears its own spikes of the step before.</summary>
    public bool Recurrent { get; init; }

    /// <summary>Whether hidden layers obey Dale's law: beside each stands an inhibitory population of a quarter of its neurons.</summary>
    public bool Dale { get; init; }
}
