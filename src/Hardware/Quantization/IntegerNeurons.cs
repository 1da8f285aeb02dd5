using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A layer's neurons in integers: what <see cref="IntegrateAndFire"/> and <see cref="CubaLif"/> do, with every constant folded into thresholds.</summary>
/// <remarks>
/// The potential v is counted from rest, in units of u = λ·m·s/2^E, with s what one unit of the layer's input x stands for, m the input gain, and λ = 1/τ (1 for IF, 1 − a for current-based neurons):
/// <code>
/// charge   v ← clamp(keep(v, R) + x·2^E)                  R = round((1 − λ)·2^16); IF keeps all of v
/// fire     s = 1 if v ≥ Θ, else 0                         Θ = ⌈(θ − v_reset)/u⌉; where a tie does not fire ⌊…⌋ + 1
/// reset    hard v ← 0, soft v ← v − round(θ/u), once v ← −2^31 and never again, where s = 1
/// keep(v, R) = (v·R + 2^15) >> 16
/// </code>
/// Current-based neurons keep a current c beside v, in the same unit, and answer in CubaLif's order: fire by v, then v ← clamp(keep(v, R) + c) and reset, then c ← clamp(keep(c, B) + x·2^E), B = round(b·2^16).
/// clamp is to the membrane's width; it is applied to the step's whole input at once, so the order in which spikes arrive does not matter. x·2^E with E &lt; 0 is
/// x >> −E, rounded down, and Θ is then rounded to nearest. E is 8 for leaky neurons and 0 for IF, or as much less as Θ needs to stay within a quarter of the membrane's range.
/// With E ≥ 0 a step from rest fires exactly where x·s·λ·m reaches the real threshold: only the weights are rounded.
/// </remarks>
public sealed record IntegerNeurons
{
    internal const int RetainedBits = 16, LeakyExponent = 8;
    private const int Spent = int.MinValue;   // has fired, and fires once; saturation stops before it

    /// <summary>Θ, shape [C].</summary>
    public required long[] Threshold { get; init; }

    /// <summary>What a soft reset takes off, shape [C]; null for another.</summary>
    public required long[]? Subtracted { get; init; }

    /// <summary>Whether a neuron fires at most once.</summary>
    public bool FiresOnce { get; init; }

    /// <summary>R, 0 to 2^16; null for IF, which keeps all.</summary>
    public required int? Retained { get; init; }

    /// <summary>B, 0 to 2^16, of current-based neurons; null for others, which have no current.</summary>
    public int? RetainedCurrent { get; init; }

    /// <summary>E.</summary>
    public required int Exponent { get; init; }

    /// <summary>Bits of the membrane.</summary>
    public required int MembraneBits { get; init; }

    /// <summary>The smallest sum at which a neuron at rest fires, shape [C]: all that one step from rest needs. Current-based neurons answer later than that.</summary>
    public long[] FromRest => Array.ConvertAll(Threshold, threshold => Exponent >= 0 ? -(-threshold >> Exponent) : threshold << -Exponent);

    /// <summary>The same neurons, firing from rest at other sums.</summary>
    /// <param name="fromRest"><see cref="FromRest"/>, shape [C].</param>
    public IntegerNeurons WithFromRest(long[] fromRest) => this with { Threshold = Array.ConvertAll(fromRest, sum => Exponent >= 0 ? sum << Exponent : sum >> -Exponent) };

    /// <summary>Whether a neuron at rest that gets no input stays silent, so that an event-driven engine may pass it over.</summary>
    public bool SilentAtRest => Threshold.All(threshold => threshold > 0);

    /// <summary>Folds a layer's constants.</summary>
    /// <param name="firing">The neurons.</param>
    /// <param name="leak">λ: <see cref="IntegrateAndFire.Leak"/> of the layer, or 1 − a.</param>
    /// <param name="inputScale">s, shape [C].</param>
    /// <param name="membraneBits">Bits of the membrane.</param>
    public static IntegerNeurons Fold(NeuronSettings firing, double leak, double[] inputScale, int membraneBits)
    {
        ArgumentNullException.ThrowIfNull(firing);
        ArgumentNullException.ThrowIfNull(inputScale);
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
            Subtracted = firing.Reset != ResetKind.Soft ? null : Array.ConvertAll(unit, u => (long)Math.Round(Math.ScaleB(firing.Threshold / u, exponent), MidpointRounding.ToEven)),
            FiresOnce = firing.Reset == ResetKind.Once,
            Retained = firing.Kind == NeuronKind.If ? null : Share(1 - leak),
            RetainedCurrent = firing.Kind == NeuronKind.CubaLif ? Share(CubaLif.Decay(firing.SynapticTauSteps)) : null,
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
    /// <param name="current">c, before on entry and after on return; neurons without one leave it alone.</param>
    /// <returns>Whether it fired.</returns>
    public bool Step(int channel, long input, ref int potential, ref int current)
    {
        long arriving = Exponent >= 0 ? input << Exponent : input >> -Exponent;
        if (potential == Spent && FiresOnce)
        {
            return false;
        }

        if (RetainedCurrent is { } retained)
        {
            bool firesBefore = potential >= Threshold[channel];
            potential = Reset(channel, Saturate(Kept(potential) + current), firesBefore);
            current = (int)Saturate(Keep(current, retained) + arriving);
            return firesBefore;
        }

        long charged = Saturate(Kept(potential) + arriving);
        bool fires = charged >= Threshold[channel];
        potential = Reset(channel, charged, fires);
        return fires;
    }

    /// <summary>Whether a neuron changes or fires in a step without input.</summary>
    public bool Awake(int channel, int potential, int current) =>
        (potential != Spent || !FiresOnce) && (current != 0 || (Retained is null ? potential >= Threshold[channel] : potential != 0));

    /// <summary>keep(v, R): what is left of something after a step.</summary>
    internal static long Keep(long value, int retained) => ((value * retained) + (1 << (RetainedBits - 1))) >> RetainedBits;

    /// <summary>A share, 0..1, as R or B.</summary>
    internal static int Share(double share) => (int)Math.Round(share * (1 << RetainedBits), MidpointRounding.ToEven);

    private long Kept(int potential) => Retained is { } retained ? Keep(potential, retained) : potential;

    private int Reset(int channel, long charged, bool fires) =>
        (int)(!fires ? charged : FiresOnce ? Spent : Subtracted is null ? 0 : Saturate(charged - Subtracted[channel]));

    private long Saturate(long potential)
    {
        long bound = 1L << (MembraneBits - 1);
        return Math.Clamp(potential, FiresOnce ? 1 - bound : -bound, bound - 1);
    }
}
