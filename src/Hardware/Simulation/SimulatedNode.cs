using System.Numerics;

namespace StereoSpike.Hardware;

/// <summary>The numbers of a node of an <see cref="AddressEventNetwork{T, TReadout}"/>; what its operation does not use is empty.</summary>
internal sealed record SimulatedNode<T, TReadout>
    where T : struct, INumber<T>
    where TReadout : struct, INumber<TReadout>
{
    public T[] Weights { get; init; } = [];

    public T[] Bias { get; init; } = [];

    public INeuronRule<T>? Rule { get; init; }

    /// <summary>Of an add node, [inputs][C].</summary>
    public T[][] Multipliers { get; init; } = [];

    /// <summary>Of an integrator, [inputs][C].</summary>
    public TReadout[][] Gains { get; init; } = [];

    /// <summary>Of a leaky readout.</summary>
    public LeakyStep<TReadout>? Leak { get; init; }
}

/// <summary>Advances an element of a leaky readout by one step.</summary>
internal delegate void LeakyStep<T>(T input, ref T potential, ref T current);
