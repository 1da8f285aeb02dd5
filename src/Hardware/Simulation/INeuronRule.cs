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

    /// <summary>Advances a neuron by one step.</summary>
    bool Step(int channel, T input, ref T potential);

    /// <summary>Whether a neuron changes or fires in a step without input.</summary>
    bool Awake(int channel, T potential);
}

/// <summary>The neurons of an <see cref="IntegerProgram"/>, with sums of 64 bits.</summary>
internal sealed class WideRule(IntegerNeurons neurons) : INeuronRule<long>
{
    public long Rest => 0;

    public bool SilentAtRest => neurons.SilentAtRest;

    public bool Step(int channel, long input, ref long potential)
    {
        int narrow = (int)potential;
        bool fires = neurons.Step(channel, input, ref narrow);
        potential = narrow;
        return fires;
    }

    public bool Awake(int channel, long potential) => neurons.Retained is null ? potential >= neurons.Threshold[channel] : potential != 0;
}

/// <summary>The neurons of an <see cref="IntegerProgram"/>, with sums of 32 bits.</summary>
internal sealed class NarrowRule(IntegerNeurons neurons) : INeuronRule<int>
{
    public int Rest => 0;

    public bool SilentAtRest => neurons.SilentAtRest;

    public bool Step(int channel, int input, ref int potential) => neurons.Step(channel, input, ref potential);

    public bool Awake(int channel, int potential) => neurons.Retained is null ? potential >= neurons.Threshold[channel] : potential != 0;
}

/// <summary>The neurons of the float network: <see cref="IntegrateAndFire"/>, one at a time.</summary>
internal sealed class FloatRule(NeuronSettings neuron, float leak) : INeuronRule<float>
{
    public float Rest => neuron.ResetPotential;

    public bool SilentAtRest => neuron.ResetPotential < neuron.Threshold;

    public bool Step(int channel, float input, ref float potential)
    {
        float spike = 0f;
        return IntegrateAndFire.Step(new ReadOnlySpan<float>(in input), new Span<float>(ref potential), new Span<float>(ref spike), neuron, leak) > 0;
    }

    public bool Awake(int channel, float potential) => neuron.Kind == NeuronKind.If ? potential >= neuron.Threshold : potential != neuron.ResetPotential;
}
