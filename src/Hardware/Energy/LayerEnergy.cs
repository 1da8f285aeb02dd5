namespace StereoSpike.Hardware;

/// <summary>What a layer with weights, and the neurons that it feeds, do and cost in one frame.</summary>
/// <param name="Name">The node with the weights.</param>
public sealed record LayerEnergy(string Name)
{
    /// <summary>Share of the inputs that are not 0, 0..1.</summary>
    public required double InputDensity { get; init; }

    /// <summary>Whether spikes come in, which are added; else numbers do (the input's counts, a depthwise convolution's sums), which are multiplied.</summary>
    public required bool ReadsSpikes { get; init; }

    /// <summary>Effective ACs: weights added, a spike count of n counting n times. 0 where numbers come in.</summary>
    public required double Accumulates { get; init; }

    /// <summary>Effective MACs: weights multiplied by a number that is not 0. 0 where spikes come in.</summary>
    public required double Multiplies { get; init; }

    /// <summary>Multiplications of the dense layer, zeros and all.</summary>
    public required double Dense { get; init; }

    /// <summary>Neurons that were worked out.</summary>
    public required double NeuronUpdates { get; init; }

    /// <summary>Share of its neurons that fired, 0..1; null where none follow.</summary>
    public required double? FiringRate { get; init; }

    /// <summary>Bytes of its weights.</summary>
    public required double WeightBytes { get; init; }

    /// <summary>Operations alone, joules.</summary>
    public required double JoulesOperations { get; init; }

    /// <summary>Operations and memory, joules.</summary>
    public required double JoulesWithMemory { get; init; }

    /// <summary>The dense layer with activations of as many bits, operations alone, joules.</summary>
    public required double JoulesTwinOperations { get; init; }

    /// <summary>The same with memory, joules.</summary>
    public required double JoulesTwin { get; init; }

    /// <summary>The part of <see cref="JoulesWithMemory"/> that grows with the network's own spikes.</summary>
    internal double JoulesOfSpikes { get; init; }
}
