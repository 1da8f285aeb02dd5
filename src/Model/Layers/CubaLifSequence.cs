using System.Numerics;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A whole sequence of <see cref="CubaLif"/> in one operation, with back-propagation through time: a neuron's potential and current stay in registers from its first step to its last.</summary>
/// <remarks>
/// The reset is kept out of the gradient. With g for a gradient and σ' for the surrogate, backwards from gU[T] = gI[T] = 0:
/// <code>
/// gx[n] = m·gI[n+1]
/// gh    = gU[n+1]·(1 - S[n])  (hard);   gU[n+1]  (soft)
/// gU[n] = a·gh + σ'(U[n] - θ)·gS[n]
/// gI[n] = b·gI[n+1] + (1 - a)·gh
/// </code></remarks>
internal sealed class CubaLifSequence : autograd.SingleTensorFunction<CubaLifSequence>
{
    private const string SavedKey = "saved";

    public override string Name => "StereoSpike.CubaLifSequence";

    /// <summary>The spikes of a sequence from rest.</summary>
    /// <param name="input">Shape [N,T,…].</param>
    /// <param name="settings">Current-based neurons whose reset is detached.</param>
    public static Tensor Spikes(Tensor input, NeuronSettings settings) => input.requires_grad ? apply(input, settings) : Forward(input, settings, []);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var input = (Tensor)vars[0];
        var settings = (NeuronSettings)vars[1];
        float[] potentials = GC.AllocateUninitializedArray<float>(SequenceShape.Of(input).Count);   // TorchSharp keeps only inputs and outputs for the way back
        ctx.save_data(SavedKey, (settings, potentials));
        return Forward(input, settings, potentials);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        (NeuronSettings settings, float[] potentials) = ((NeuronSettings, float[]))ctx.get_data(SavedKey);
        using Tensor gradient = grad_output.contiguous();
        Tensor result = empty_like(gradient);
        new Lanes(SequenceShape.Of(gradient), settings).Backward(potentials, SequenceShape.Floats(gradient), SequenceShape.Floats(result));
        return [result, null!];
    }

    private static Tensor Forward(Tensor input, NeuronSettings settings, Span<float> potentials)
    {
        using Tensor x = input.contiguous();
        Tensor spikes = empty_like(x);
        new Lanes(SequenceShape.Of(x), settings).Forward(SequenceShape.Floats(x), SequenceShape.Floats(spikes), potentials);
        return spikes;
    }

    /// <summary>The arithmetic: neurons side by side in vectors, what is left over one by one.</summary>
    internal readonly struct Lanes
    {
        private readonly int _samples, _steps, _width;
        private readonly float _a, _b, _gain, _threshold, _rest;
        private readonly bool _soft, _tie;
        private readonly Surrogate _surrogate;

        public Lanes(SequenceShape shape, NeuronSettings settings)
        {
            (_samples, _steps, _width) = shape;
            (_a, _b) = (CubaLif.Decay(settings.TauSteps), CubaLif.Decay(settings.SynapticTauSteps));
            (_gain, _threshold, _rest) = (settings.InputGain, settings.Threshold, settings.ResetPotential);
            (_soft, _tie, _surrogate) = (settings.Reset == ResetKind.Soft, settings.FiresAtEquality, settings.Surrogate);
        }

        /// <summary>Spikes and, unless empty, potentials U[n] of a sequence; all of shape [N,T,K].</summary>
        public void Forward(ReadOnlySpan<float> input, Span<float> spikes, Span<float> potentials)
        {
            for (int sample = 0; sample < _samples; sample++)
            {
                int start = sample * _steps * _width, k = 0;
                for (; k <= _width - Vector<float>.Count; k += Vector<float>.Count)
                {
                    Forward(input, spikes, potentials, start + k);
                }

                for (; k < _width; k++)
                {
                    ForwardOne(input, spikes, potentials, start + k);
                }
            }
        }

        /// <summary>The input's gradient; all of shape [N,T,K].</summary>
        public void Backward(ReadOnlySpan<float> potentials, ReadOnlySpan<float> spikeGradient, Span<float> inputGradient)
        {
            for (int sample = 0; sample < _samples; sample++)
            {
                int end = ((sample + 1) * _steps - 1) * _width, k = 0;
                for (; k <= _width - Vector<float>.Count; k += Vector<float>.Count)
                {
                    Backward(potentials, spikeGradient, inputGradient, end + k);
                }

                for (; k < _width; k++)
                {
                    BackwardOne(potentials, spikeGradient, inputGradient, end + k);
                }
            }
        }

        private void Forward(ReadOnlySpan<float> input, Span<float> spikes, Span<float> potentials, int at)
        {
            Vector<float> u = new(_rest), current = Vector<float>.Zero, rest = u, threshold = new(_threshold);
            for (int t = 0; t < _steps; t++, at += _width)
            {
                Vector<int> fires = _tie ? Vector.GreaterThanOrEqual(u, threshold) : Vector.GreaterThan(u, threshold);
                Vector.ConditionalSelect(fires, Vector<float>.One, Vector<float>.Zero).CopyTo(spikes[at..]);
                if (!potentials.IsEmpty)
                {
                    u.CopyTo(potentials[at..]);
                }

                Vector<float> h = rest + (_a * (u - rest)) + ((1f - _a) * current);
                u = Vector.ConditionalSelect(fires, _soft ? h - threshold : rest, h);
                current = (_b * current) + (_gain * new Vector<float>(input[at..]));
            }
        }

        private void ForwardOne(ReadOnlySpan<float> input, Span<float> spikes, Span<float> potentials, int at)
        {
            float u = _rest, current = 0f;
            for (int t = 0; t < _steps; t++, at += _width)
            {
                bool fires = u > _threshold || (_tie && u == _threshold);
                spikes[at] = fires ? 1f : 0f;
                if (!potentials.IsEmpty)
                {
                    potentials[at] = u;
                }

                float h = _rest + (_a * (u - _rest)) + ((1f - _a) * current);
                u = !fires ? h : _soft ? h - _threshold : _rest;
                current = (_b * current) + (_gain * input[at]);
            }
        }

        private void Backward(ReadOnlySpan<float> potentials, ReadOnlySpan<float> spikeGradient, Span<float> inputGradient, int at)
        {
            Vector<float> gu = Vector<float>.Zero, gi = Vector<float>.Zero, threshold = new(_threshold);
            for (int t = _steps - 1; t >= 0; t--, at -= _width)
            {
                var u = new Vector<float>(potentials[at..]);
                (_gain * gi).CopyTo(inputGradient[at..]);
                Vector<int> fired = _tie ? Vector.GreaterThanOrEqual(u, threshold) : Vector.GreaterThan(u, threshold);
                Vector<float> gh = _soft ? gu : Vector.ConditionalSelect(fired, Vector<float>.Zero, gu);
                gu = (_a * gh) + (_surrogate.Derivative(u - threshold) * new Vector<float>(spikeGradient[at..]));
                gi = (_b * gi) + ((1f - _a) * gh);
            }
        }

        private void BackwardOne(ReadOnlySpan<float> potentials, ReadOnlySpan<float> spikeGradient, Span<float> inputGradient, int at)
        {
            float gu = 0f, gi = 0f;
            for (int t = _steps - 1; t >= 0; t--, at -= _width)
            {
                float u = potentials[at];
                inputGradient[at] = _gain * gi;
                bool fired = u > _threshold || (_tie && u == _threshold);
                float gh = fired && !_soft ? 0f : gu;
                gu = (_a * gh) + (_surrogate.Derivative(u - _threshold) * spikeGradient[at]);
                gi = (_b * gi) + ((1f - _a) * gh);
            }
        }
    }
}
