namespace StereoSpike.Model;

/// <summary>What a series network's outputs say in the end.</summary>
public enum SeriesReadoutKind
{
    /// <summary>Mean membrane potential of outputs that never fire.</summary>
    Mean,

    /// <summary>Their largest potential.</summary>
    Max,

    /// <summary>Their potential after the last step.</summary>
    Last,

    /// <summary>Share of steps in which an output neuron fires.</summary>
    Count,

    /// <summary>How early an output neuron fires first: 1 in the first step, 1/T in the last, 0 if never.</summary>
    First,
}
