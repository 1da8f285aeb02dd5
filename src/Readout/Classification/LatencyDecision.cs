using System.Numerics;

namespace StereoSpike.Readout;

/// <summary>What a network's first output spike says.</summary>
/// <param name="Outputs">The outputs that fired first, a bit each; more than one is a tie. Where none fired, the one with the highest potential.</param>
/// <param name="Step">When, in steps; T where no output fired.</param>
/// <param name="Silent">Whether no output fired.</param>
public readonly record struct LatencyDecision(uint Outputs, int Step, bool Silent)
{
    /// <summary>How many outputs share the first step; 1 without a tie.</summary>
    public int Ties => BitOperations.PopCount(Outputs);

    /// <summary>The decision if one is asked for: the lowest of the tied outputs.</summary>
    public int Output => BitOperations.TrailingZeroCount(Outputs);

    /// <summary>Whether an output is among the first.</summary>
    public bool Includes(int output) => (Outputs >> output & 1) != 0;
}
