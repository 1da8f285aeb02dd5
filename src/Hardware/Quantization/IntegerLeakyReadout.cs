using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A leaky readout in integers: <see cref="LeakyIntegratorOperation"/> with 64 bits, which neither fires nor saturates.</summary>
/// <param name="Retained">R = round(a·2^16): what the potential keeps of itself in a step.</param>
/// <param name="RetainedCurrent">B = round(b·2^16): what the current keeps.</param>
/// <remarks>As <see cref="IntegerNeurons"/> without a threshold: the step's value is v; then v ← keep(v, R) + c and c ← keep(c, B) + x·2^8, in units of (1 − a)·s/2^8.</remarks>
public sealed record IntegerLeakyReadout(int Retained, int RetainedCurrent)
{
    /// <summary>Folds a readout's constants.</summary>
    public static IntegerLeakyReadout Fold(LeakyIntegratorOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return new(IntegerNeurons.Share(CubaLif.Decay(operation.MembraneTauSteps)), IntegerNeurons.Share(CubaLif.Decay(operation.SynapticTauSteps)));
    }

    /// <summary>What one unit of the potential stands for, where one of the input stands for <paramref name="inputScale"/>.</summary>
    public static double Unit(LeakyIntegratorOperation operation, double inputScale)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return Math.ScaleB((1.0 - CubaLif.Decay(operation.MembraneTauSteps)) * inputScale, -IntegerNeurons.LeakyExponent);
    }

    /// <summary>Advances one element by one step.</summary>
    /// <param name="input">x.</param>
    /// <param name="potential">v: the step's value on entry, the next one's on return.</param>
    /// <param name="current">c.</param>
    public void Step(long input, ref long potential, ref long current)
    {
        potential = IntegerNeurons.Keep(potential, Retained) + current;
        current = IntegerNeurons.Keep(current, RetainedCurrent) + (input << IntegerNeurons.LeakyExponent);
    }
}
