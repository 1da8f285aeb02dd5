namespace StereoSpike.Model;

/// <summary>What the neurons of a <see cref="SeriesLayer"/> pass on.</summary>
public enum SeriesNeuronKind
{
    /// <summary>1 where the potential is above threshold, and a reset by subtraction.</summary>
    Spiking,

    /// <summary>How far the potential is above threshold, and no reset: the twin that does not spike, of the same size, with the same memory.</summary>
    Analog,

    /// <summary>The potential above threshold, whatever its sign, and no reset: outputs that are read, not heard.</summary>
    Integrating,
}
