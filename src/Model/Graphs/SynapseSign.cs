namespace StereoSpike.Model;

/// <summary>The sign that a connection's weights keep: Dale's law, by which a neuron excites all its targets or inhibits them all.</summary>
public enum SynapseSign
{
    /// <summary>Both signs.</summary>
    Any,

    /// <summary>0 or more.</summary>
    Excitatory,

    /// <summary>0 or less.</summary>
    Inhibitory,
}
