using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A layer of neurons on tensors: <see cref="IntegrateAndFire"/> with a gradient.</summary>
/// <param name="settings">The layer's constants.</param>
/// <param name="w">The learned weight of a PLIF layer, 0-d; null for other kinds.</param>
internal sealed class NeuronLayer(NeuronSettings settings, Tensor? w)
{
    private readonly Tensor? _w = settings.Kind == NeuronKind.Plif ? w ?? throw new ArgumentNullException(nameof(w), "A PLIF layer needs its weight.") : null;

    /// <summary>Advances the layer by one step.</summary>
    /// <param name="input">Input current, any shape.</param>
    /// <param name="potential">v[t-1], the input's shape; null for a layer at rest.</param>
    /// <param name="keepPotential">Whether to work v[t] out; without a next step nobody needs it.</param>
    /// <returns>Spikes (0 or 1, the input's shape) and v[t], which is null unless asked for.</returns>
    public (Tensor Spikes, Tensor? Potential) Step(Tensor input, Tensor? potential, bool keepPotential)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor charged = Charge(settings.InputGain == 1f ? input : input * settings.InputGain, potential);
        Tensor spikes = SpikeFunction.Spike(charged - settings.Threshold, settings.FiresAtEquality, settings.Surrogate);
        Tensor? after = keepPotential ? Reset(charged, settings.DetachReset ? spikes.detach() : spikes).MoveToOuterDisposeScope() : null;
        return (spikes.MoveToOuterDisposeScope(), after);
    }

    private Tensor Charge(Tensor x, Tensor? v)
    {
        if (v is null)   // at rest v - v_reset is 0, and the sums below lose their terms
        {
            Tensor fromRest = settings.Kind == NeuronKind.If ? x : Leaked(x);
            return settings.ResetPotential == 0f ? fromRest : fromRest + settings.ResetPotential;
        }

        return settings.Kind == NeuronKind.If ? v + x : v + Leaked(x - (v - settings.ResetPotential));
    }

    private Tensor Leaked(Tensor x) => _w is null ? x * IntegrateAndFire.Leak(settings) : x * _w.sigmoid();   // ·(1/τ), as IntegrateAndFire: ÷τ rounds differently

    private Tensor Reset(Tensor charged, Tensor spikes) => settings.Reset == ResetKind.Soft
        ? charged - (spikes * settings.Threshold)
        : (charged * (1f - spikes)) + (spikes * settings.ResetPotential);
}
