using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>How the neurons of a layer answer, in one sort of numbers.</summary>
internal interface INeuronRule<T>
    where T : struct
{
    /// <summary>The potential at rest.</summary>
    T Rest { get; }

    /// <summary>Whether a neuron at rest without input stays silent.</summary>
    bool SilentAtRest { get; }

    /// <summary>Whether a neuron keeps a current beside its potential.</summary>
    bool HasCurrent { get; }

    /// <summary>Advances a neuron by one step.</summary>
    bool Step(int channel, T input, ref T potential, ref T current);

    /// <summary>Whether a neuron changes or fires in a step without input.</summary>
    bool Awake(int channel, T potential, T current);
}

/// <summary>The neurons of an <see cref="IntegerProgram"/>, with sums of 64 bits.</summary>
internal sealed class WideRule(IntegerNeurons neurons) : INeuronRule<long>
{
    public long Rest => 0;

    public bool SilentAtRest => neurons.SilentAtRest;

    public bool HasCurrent => neurons.RetainedCurrent is not null;

    public bool Step(int channel, long input, ref long potential, ref long current)
    {
        var (narrow, narrowCurrent) = ((int)potential, (int)current);
        bool fires = neurons.Step(channel, input, ref narrow, ref narrowCurrent);
        (potential, current) = (narrow, narrowCurrent);
        return fires;
    }

    public bool Awake(int channel, long potential, long current) => neurons.Awake(channel, (int)potential, (int)current);
}

/// <summary>The neurons of an <see cref="IntegerProgram"/>, with sums of 32 bits.</summary>
internal sealed class NarrowRule(IntegerNeurons neurons) : INeuronRule<int>
{
    public int Rest => 0;

    public bool SilentAtRest => neurons.SilentAtRest;

    public bool HasCurrent => neurons.RetainedCurrent is not null;

    public bool Step(int channel, int input, ref int potential, ref int current) => neurons.Step(channel, input, ref potential, ref current);

    public bool Awake(int channel, int potential, int current) => neurons.Awake(channel, potential, current);
}

/// <summary>The neurons of the float network: <see cref="IntegrateAndFire"/> or <see cref="CubaLif"/>, one at a time.</summary>
internal sealed class FloatRule(NeuronSettings neuron, float leak) : INeuronRule<float>
{
    public float Rest => neuron.ResetPotential;

    public bool SilentAtRest => neuron.ResetPotential < neuron.Threshold;

    public bool HasCurrent => neuron.Kind == NeuronKind.CubaLif;

    public bool Step(int channel, float input, ref float potential, ref float current)
    {
        float spike = 0f;
        ReadOnlySpan<float> x = new(in input);
        Span<float> v = new(ref potential), s = new(ref spike);
        return (HasCurrent ? CubaLif.Step(x, v, new Span<float>(ref current), s, neuron) : IntegrateAndFire.Step(x, v, s, neuron, leak)) > 0;
    }

    public bool Awake(int channel, float potential, float current) =>
        !float.IsNegativeInfinity(potential) && (current != 0 || (neuron.Kind == NeuronKind.If ? potential >= neuron.Threshold : potential != neuron.ResetPotential));
}
