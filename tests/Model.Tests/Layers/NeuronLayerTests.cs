using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Layers;

[Collection(nameof(OneTorchThread))]
public class NeuronLayerTests
{
    // Multiples of 1/8 meet the threshold and the reset potential exactly, so ties come up often.
    private static readonly Gen<float> Eighth = Gen.Int[-16, 24].Select(i => i / 8f);

    private static readonly Gen<NeuronSettings> AnyNeuron =
        from kind in Gen.Enum<NeuronKind>()
        from reset in Gen.Enum<ResetKind>()
        from tie in Gen.Bool
        from gain in Gen.OneOf<float>(1f, 0.5f, 10f)
        from tau in Gen.OneOf<float>(1.5f, 2f, 3f, 7.3f)
        from rest in Gen.OneOf<float>(0f, -0.25f)
        select new NeuronSettings { Kind = kind, Reset = reset, FiresAtEquality = tie, InputGain = gain, TauSteps = tau, SynapticTauSteps = 2f, ResetPotential = rest };

    [Fact]
    public void A_layer_does_what_the_arithmetic_says_step_by_step()
    {
        Gen.Select(AnyNeuron, Gen.Float[-3f, 3f], Eighth.Array[6].Array[1, 6]).Sample((neuron, w, steps) =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor weight = tensor(w);
            var layer = new NeuronLayer(neuron, neuron.Kind == NeuronKind.Plif ? weight : null);
            float leak = neuron.Kind == NeuronKind.Plif ? weight.sigmoid().item<float>() : IntegrateAndFire.Leak(neuron);   // libtorch's own sigmoid: the last bit decides ties
            float[] potential = [.. Enumerable.Repeat(neuron.ResetPotential, 6)], current = new float[6], spikes = new float[6];
            NeuronState? state = null;
            foreach (float[] step in steps)
            {
                Advance(step, neuron);
                (Tensor fired, state) = layer.Step(tensor(step), state, keepState: true);

                Assert.Equal(spikes, fired.data<float>().ToArray());
                Assert.Equal(potential, state!.Value.Potential.data<float>().ToArray());
                Assert.Equal(current, state.Value.Current?.data<float>().ToArray() ?? current);
            }

            void Advance(float[] step, NeuronSettings neuron)
            {
                if (neuron.Kind == NeuronKind.CubaLif)
                {
                    CubaLif.Step(step, potential, current, spikes, neuron);
                }
                else
                {
                    IntegrateAndFire.Step(step, potential, spikes, neuron, leak);
                }
            }
        }, iter: 1000, threads: 1);
    }

    [Fact]
    public void The_arithmetics_leak_is_libtorchs_sigmoid() => Gen.Float[-8f, 8f].Sample(w =>
    {
        using DisposeScope scope = NewDisposeScope();
        float expected = tensor(w).sigmoid().item<float>();
        Assert.Equal(expected, IntegrateAndFire.Leak(new NeuronSettings { Kind = NeuronKind.Plif }, w), 2e-7f * expected);   // two roundings
    }, iter: 300, threads: 1);

    [Fact]
    public void The_reset_is_kept_out_of_the_gradient_unless_asked_for()
    {
        // Two IF steps, hard reset to 0, x = 1.25 then 0.75. Step 1 fires (h = 1.25), so v = 0 and h[2] = 0.75.
        //   s[2] = H(h[2] - 1),  h[2] = h[1]·(1 - s[1]) + x[2],  g(x) = 1/(1 + (π·x)²)
        // detached:   ds[2]/dx[1] = g(-0.25)·(1 - s[1])                     = 0
        // attached:   ds[2]/dx[1] = g(-0.25)·((1 - s[1]) - h[1]·g(0.25))    = -1.25·g(0.25)²
        double g = 1 / (1 + Math.Pow(Math.PI * 0.25, 2));

        Assert.Equal(0f, GradientOfTheFirstInput(detach: true, 1.25f));
        Assert.Equal(-1.25 * g * g, GradientOfTheFirstInput(detach: false, 1.25f), 1e-6);
    }

    [Fact]
    public void A_first_step_that_does_not_fire_passes_the_gradient_on_whole()
    {
        // x = 0.5 then 0.75: h[2] = 1.25, and ds[2]/dx[1] = g(0.25)·(1 - 0).
        Assert.Equal(1 / (1 + Math.Pow(Math.PI * 0.25, 2)), GradientOfTheFirstInput(detach: true, 0.5f), 1e-6);
    }

    [Fact]
    public void A_PLIF_layer_learns_its_time_constant()
    {
        // One step from rest: h = m·x·σ(w); ds/dw = g(h - 1)·m·x·σ·(1 - σ). m = 10, x = 0.2, w = 0: h = 1, g = 1, 10·0.2·¼ = 0.5.
        using DisposeScope scope = NewDisposeScope();
        Tensor w = tensor(0f, requires_grad: true);
        var layer = new NeuronLayer(new NeuronSettings { Kind = NeuronKind.Plif, InputGain = 10f }, w);

        (Tensor spikes, _) = layer.Step(tensor([0.2f]), null, keepState: false);
        spikes.sum().backward();

        Assert.Equal(1f, spikes.item<float>());
        Assert.Equal(0.5f, w.grad!.item<float>(), 1e-6f);
    }

    [Fact]
    public void A_potential_that_nobody_needs_is_not_worked_out()
    {
        using DisposeScope scope = NewDisposeScope();

        (_, NeuronState? state) = new NeuronLayer(new NeuronSettings(), null).Step(ones(3), null, keepState: false);

        Assert.Null(state);
    }

    private static float GradientOfTheFirstInput(bool detach, float first)
    {
        using DisposeScope scope = NewDisposeScope();
        var layer = new NeuronLayer(new NeuronSettings { DetachReset = detach }, null);
        Tensor x = tensor([first], requires_grad: true);
        (_, NeuronState? v) = layer.Step(x, null, keepState: true);
        (Tensor spikes, _) = layer.Step(tensor([0.75f]), v, keepState: false);
        spikes.sum().backward();
        return x.grad!.item<float>();
    }
}
