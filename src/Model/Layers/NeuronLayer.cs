using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A layer of neurons on tensors: <see cref="IntegrateAndFire"/> and <see cref="CubaLif"/> with a gradient.</summary>
/// <param name="settings">The layer's constants.</param>
/// <param name="w">The learned weight of a PLIF layer, 0-d; null for other kinds.</param>
internal sealed class NeuronLayer(NeuronSettings settings, Tensor? w)
{
    private readonly Tensor? _w = settings.Kind == NeuronKind.Plif ? w ?? throw new ArgumentNullException(nameof(w), "A PLIF layer needs its weight.") : null;

    /// <summary>Advances the layer by one step.</summary>
    /// <param name="input">Input current, any shape.</param>
    /// <param name="state">What the layer remembers; null for a layer at rest.</param>
    /// <param name="keepState">Whether to work the new state out; without a next step nobody needs it.</param>
    /// <returns>Spikes (0 or 1, the input's shape) and the new state, which is null unless asked for.</returns>
    public (Tensor Spikes, NeuronState? State) Step(Tensor input, NeuronState? state, bool keepState)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = settings.InputGain == 1f ? input : input * settings.InputGain;
        if (settings.Kind == NeuronKind.CubaLif)
        {
            return CurrentBasedStep(x, state ?? new NeuronState(full_like(x, settings.ResetPotential), zeros_like(x)), keepState);
        }

        Tensor charged = settings.Reset == ResetKind.Once && state is { } before ? ChargeUnfired(x, before.Potential) : Charge(x, state?.Potential);
        Tensor spikes = Fire(charged);
        NeuronState? after = keepState ? new NeuronState(Reset(charged, spikes).MoveToOuterDisposeScope(), null) : null;
        return (spikes.MoveToOuterDisposeScope(), after);
    }

    /// <summary>Takes the layer through a whole sequence from rest; the gradient goes back through all of its steps.</summary>
    /// <param name="input">Shape [N,T,…].</param>
    /// <returns>Spikes, the input's shape.</returns>
    public Tensor Sequence(Tensor input) => settings switch
    {
        { DetachReset: false } or { Reset: ResetKind.Once } => StepByStep(input),
        { Kind: NeuronKind.CubaLif } => CubaLifSequence.Spikes(input, settings),
        _ => IntegrateAndFireSequence.Spikes(input, settings, _w),
    };

    /// <summary><see cref="Sequence"/> as so many single steps: the slow way, and the only one where the reset is part of the gradient or a neuron fires once.</summary>
    public Tensor StepByStep(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        NeuronState? state = null;
        var spikes = new List<Tensor>();
        long steps = input.shape[1];
        for (long t = 0; t < steps; t++)
        {
            (Tensor fired, state) = Step(input.select(1, t), state, keepState: t < steps - 1);
            spikes.Add(fired);
        }

        return stack(spikes, 1).MoveToOuterDisposeScope();
    }

    private (Tensor Spikes, NeuronState? State) CurrentBasedStep(Tensor x, NeuronState state, bool keepState)
    {
        (Tensor u, Tensor current) = (state.Potential, state.Current!);
        Tensor spikes = Fire(u);
        if (!keepState)
        {
            return (spikes.MoveToOuterDisposeScope(), null);
        }

        float a = CubaLif.Decay(settings.TauSteps), b = CubaLif.Decay(settings.SynapticTauSteps), rest = settings.ResetPotential;
        Tensor charged = rest == 0f ? (u * a) + (current * (1f - a)) : ((u - rest) * a) + rest + (current * (1f - a));
        var after = new NeuronState(Reset(charged, spikes).MoveToOuterDisposeScope(), ((current * b) + x).MoveToOuterDisposeScope());
        return (spikes.MoveToOuterDisposeScope(), after);
    }

    private Tensor Fire(Tensor potential) => SpikeFunction.Spike(potential - settings.Threshold, settings.FiresAtEquality, settings.Surrogate);

    private Tensor Charge(Tensor x, Tensor? v)
    {
        if (v is null)   // at rest v - v_reset is 0, and the sums below lose their terms
        {
            Tensor fromRest = settings.Kind == NeuronKind.If ? x : Leaked(x);
            return settings.ResetPotential == 0f ? fromRest : fromRest + settings.ResetPotential;
        }

        return settings.Kind == NeuronKind.If ? v + x : v + Leaked(x - (v - settings.ResetPotential));
    }

    /// <summary>Keeps at −∞ who has fired; on the way there nothing infinite is calculated with, so that no gradient stops being a number.</summary>
    private Tensor ChargeUnfired(Tensor x, Tensor potential)
    {
        Tensor fired = potential.eq(float.NegativeInfinity);
        return Charge(x, potential.masked_fill(fired, settings.ResetPotential)).masked_fill(fired, float.NegativeInfinity);
    }

    private Tensor Leaked(Tensor x) => _w is null ? x * IntegrateAndFire.Leak(settings) : x * _w.sigmoid();   // ·(1/τ), as IntegrateAndFire: ÷τ rounds differently

    private Tensor Reset(Tensor charged, Tensor spikes)
    {
        Tensor fired = settings.DetachReset ? spikes.detach() : spikes;
        return settings.Reset switch
        {
            ResetKind.Soft => charged - (fired * settings.Threshold),
            ResetKind.Once => charged.masked_fill(fired.gt(0f), float.NegativeInfinity),
            _ => (charged * (1f - fired)) + (fired * settings.ResetPotential),
        };
    }
}
