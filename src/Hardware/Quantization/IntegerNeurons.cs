using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A layer's neurons in integers: what <see cref="IntegrateAndFire"/> does, with every constant folded into thresholds.</summary>
/// <remarks>
/// The potential v is counted from rest, in units of u = λ·m·s/2^E, with s what one unit of the layer's input x stands for, λ = 1/τ (1 for IF) and m the input gain:
/// <code>
/// charge   v ← clamp(((v·R + 2^15) >> 16) + x·2^E)        R = round((1 − λ)·2^16); IF keeps all of v
/// fire     s = 1 if v ≥ Θ, else 0                         Θ = ⌈(θ − v_reset)/u⌉; where a tie does not fire ⌊…⌋ + 1
/// reset    hard v ← 0, soft v ← v − round(θ/u), where s = 1
/// </code>
/// clamp is to the membrane's width; it is applied to the step's whole input at once, so the order in which spikes arrive does not matter. x·2^E with E &lt; 0 is
/// x >> −E, rounded down, and Θ is then rounded to nearest. E is 8 for leaky neurons and 0 for IF, or as much less as Θ needs to stay within a quarter of the membrane's range.
/// With E ≥ 0 a step from rest fires exactly where x·s·λ·m reaches the real threshold: only the weights are rounded.
/// </remarks>
public sealed record IntegerNeurons
{
    private const int RetainedBits = 16, LeakyExponent = 8;

    /// <summary>Θ, shape [C].</summary>
    public required long[] Threshold { get; init; }

    /// <summary>What a soft reset takes off, shape [C]; null for a hard reset.</summary>
    public required long[]? Subtracted { get; init; }

    /// <summary>R, 0 to 2^16; null for IF, which keeps all.</summary>
    public required int? Retained { get; init; }

    /// <summary>E.</summary>
    public required int Exponent { get; init; }

    /// <summary>Bits of the membrane.</summary>
    public required int MembraneBits { get; init; }

    /// <summary>The smallest sum at which a neuron at rest fires, shape [C]: all that one step from rest needs.</summary>
    public long[] FromRest => Array.ConvertAll(Threshold, threshold => Exponent >= 0 ? -(-threshold >> Exponent) : threshold << -Exponent);

    /// <summary>Whether a neuron at rest that gets no input stays silent, so that an event-driven engine may pass it over.</summary>
    public bool SilentAtRest => Threshold.All(threshold => threshold > 0);

    /// <summary>Folds a layer's constants.</summary>
    /// <param name="firing">The neurons.</param>
    /// <param name="leak">λ: <see cref="IntegrateAndFire.Leak"/> of the layer.</param>
    /// <param name="inputScale">s, shape [C].</param>
    /// <param name="membraneBits">Bits of the membrane.</param>
    /// <exception cref="NotSupportedException">The neurons are current-based, or fire at most once.</exception>
    public static IntegerNeurons Fold(NeuronSettings firing, double leak, double[] inputScale, int membraneBits)
    {
        ArgumentNullException.ThrowIfNull(firing);
        ArgumentNullException.ThrowIfNull(inputScale);
        if (firing.Kind == NeuronKind.CubaLif)
        {
            throw new NotSupportedException("Current-based neurons have no integer form yet; If, Lif and Plif have.");
        }

        if (firing.Reset == ResetKind.Once)
        {
            throw new NotSupportedException("Neurons that fire at most once have no integer form: a saturating membrane cannot hold −∞.");
        }

        double rise = firing.Threshold - firing.ResetPotential;
        double[] unit = Array.ConvertAll(inputScale, scale => leak * firing.InputGain * scale);
        int exponent = firing.Kind == NeuronKind.If ? 0 : LeakyExponent;
        double highest = Math.ScaleB(1, membraneBits - 2);
        while (unit.Any(u => Math.Abs(Math.ScaleB(Math.Max(Math.Abs(rise), Math.Abs(firing.Threshold)) / u, exponent)) > highest))
        {
            exponent--;
        }

        return new IntegerNeurons
        {
            Threshold = Array.ConvertAll(unit, u => Folded(Math.ScaleB(rise / u, exponent))),
            Subtracted = firing.Reset == ResetKind.Hard ? null : Array.ConvertAll(unit, u => (long)Math.Round(Math.ScaleB(firing.Threshold / u, exponent), MidpointRounding.ToEven)),
            Retained = firing.Kind == NeuronKind.If ? null : (int)Math.Round((1 - leak) * (1 << RetainedBits), MidpointRounding.ToEven),
            Exponent = exponent,
            MembraneBits = membraneBits,
        };

        long Folded(double threshold) => exponent < 0 ? (long)Math.Round(threshold, MidpointRounding.ToEven)
            : firing.FiresAtEquality ? (long)Math.Ceiling(threshold)
            : (long)Math.Floor(threshold) + 1;
    }

    /// <summary>Advances one neuron by one step.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="input">x, the step's whole input.</param>
    /// <param name="potential">v, before on entry and after on return.</param>
    /// <returns>Whether it fired.</returns>
    public bool Step(int channel, long input, ref int potential)
    {
        long kept = Retained is { } retained ? (((long)potential * retained) + (1 << (RetainedBits - 1))) >> RetainedBits : potential;
        long charged = Saturate(kept + (Exponent >= 0 ? input << Exponent : input >> -Exponent));
        bool fires = charged >= Threshold[channel];
        potential = (int)(!fires ? charged : Subtracted is null ? 0 : Saturate(charged - Subtracted[channel]));
        return fires;
    }

    private long Saturate(long potential)
    {
        long bound = 1L << (MembraneBits - 1);
        return Math.Clamp(potential, -bound, bound - 1);
    }
}
