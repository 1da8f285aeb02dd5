using System.Numerics;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A whole sequence of <see cref="IntegrateAndFire"/> in one operation, with back-propagation through time.</summary>
/// <remarks>
/// The reset is kept out of the gradient. With λ = 1/τ (IF: 1 on the input, no leak), g for a gradient and σ' for the surrogate, backwards from gv[T] = 0:
/// <code>
/// gh[t]   = σ'(h[t] - θ)·gs[t] + gv[t]·(1 - s[t])  (hard);   … + gv[t]  (soft)
/// gx[t]   = m·λ·gh[t]
/// gv[t-1] = (1 - λ)·gh[t]        (IF: gh[t])
/// gλ      = Σ_t gh[t]·(h[t] - v[t-1]) / λ,   gw = gλ·λ·(1 - λ)        (PLIF)
/// </code></remarks>
internal sealed class IntegrateAndFireSequence : autograd.SingleTensorFunction<IntegrateAndFireSequence>
{
    private const string SavedKey = "saved";

    public override string Name => "StereoSpike.IntegrateAndFireSequence";

    /// <summary>The spikes of a sequence from rest.</summary>
    /// <param name="input">Shape [N,T,…].</param>
    /// <param name="settings">IF, LIF or PLIF neurons whose reset is detached.</param>
    /// <param name="w">A PLIF layer's learned weight, 0-d; null for other kinds.</param>
    public static Tensor Spikes(Tensor input, NeuronSettings settings, Tensor? w)
    {
        float leak = w is null ? IntegrateAndFire.Leak(settings) : Sigmoid(w);
        var lanes = new Lanes(SequenceShape.Of(input), settings, leak);
        return !input.requires_grad && w is not { requires_grad: true } ? Forward(input, lanes, [])
            : w is null ? apply(input, lanes)
            : apply(input, lanes, w);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var input = (Tensor)vars[0];
        var lanes = (Lanes)vars[1];
        float[] charged = GC.AllocateUninitializedArray<float>(SequenceShape.Of(input).Count);   // TorchSharp keeps only inputs and outputs for the way back
        ctx.save_data(SavedKey, (lanes, vars.Length == 3, charged));
        return Forward(input, lanes, charged);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        (Lanes lanes, bool learnsLeak, float[] charged) = ((Lanes, bool, float[]))ctx.get_data(SavedKey);
        using Tensor gradient = grad_output.contiguous();
        Tensor result = empty_like(gradient);
        double leakGradient = lanes.Backward(charged, SequenceShape.Floats(gradient), SequenceShape.Floats(result));
        return learnsLeak ? [result, null!, tensor((float)(leakGradient * lanes.LeakSlope))] : [result, null!];
    }

    private static Tensor Forward(Tensor input, Lanes lanes, Span<float> charged)
    {
        using Tensor x = input.contiguous();
        Tensor spikes = empty_like(x);
        lanes.Forward(SequenceShape.Floats(x), SequenceShape.Floats(spikes), charged);
        return spikes;
    }

    private static float Sigmoid(Tensor w)
    {
        using Tensor sigma = w.sigmoid();
        return sigma.item<float>();
    }

    /// <summary>The arithmetic: neurons side by side in vectors, what is left over one by one.</summary>
    internal sealed class Lanes
    {
        private readonly int _samples, _steps, _width;
        private readonly float _leak, _gain, _threshold, _rest;
        private readonly bool _leaks, _soft, _tie;
        private readonly Surrogate _surrogate;

        public Lanes(SequenceShape shape, NeuronSettings settings, float leak)
        {
            (_samples, _steps, _width) = shape;
            (_leak, _leaks) = (leak, settings.Kind != NeuronKind.If);
            (_gain, _threshold, _rest) = (settings.InputGain, settings.Threshold, settings.ResetPotential);
            (_soft, _tie, _surrogate) = (settings.Reset == ResetKind.Soft, settings.FiresAtEquality, settings.Surrogate);
        }

        /// <summary>dλ/dw of a PLIF layer.</summary>
        public double LeakSlope => _leak * (1.0 - _leak);

        /// <summary>Spikes and, unless empty, charged potentials h[t] of a sequence; all of shape [N,T,K].</summary>
        public void Forward(ReadOnlySpan<float> input, Span<float> spikes, Span<float> charged)
        {
            for (int sample = 0; sample < _samples; sample++)
            {
                int start = sample * _steps * _width, k = 0;
                for (; k <= _width - Vector<float>.Count; k += Vector<float>.Count)
                {
                    Forward(input, spikes, charged, start + k);
                }

                for (; k < _width; k++)
                {
                    ForwardOne(input, spikes, charged, start + k);
                }
            }
        }

        /// <summary>The input's gradient; all of shape [N,T,K].</summary>
        /// <returns>The gradient of λ.</returns>
        public double Backward(ReadOnlySpan<float> charged, ReadOnlySpan<float> spikeGradient, Span<float> inputGradient)
        {
            double leakGradient = 0;
            for (int sample = 0; sample < _samples; sample++)
            {
                int end = (((sample + 1) * _steps) - 1) * _width, k = 0;
                for (; k <= _width - Vector<float>.Count; k += Vector<float>.Count)
                {
                    leakGradient += Backward(charged, spikeGradient, inputGradient, end + k);
                }

                for (; k < _width; k++)
                {
                    leakGradient += BackwardOne(charged, spikeGradient, inputGradient, end + k);
                }
            }

            return leakGradient / _leak;
        }

        private void Forward(ReadOnlySpan<float> input, Span<float> spikes, Span<float> charged, int at)
        {
            Vector<float> rest = new(_rest), v = rest, threshold = new(_threshold);
            for (int t = 0; t < _steps; t++, at += _width)
            {
                Vector<float> x = _gain * new Vector<float>(input[at..]);
                Vector<float> h = _leaks ? v + ((x - (v - rest)) * _leak) : v + x;
                Vector<int> fires = Fires(h, threshold);
                Vector.ConditionalSelect(fires, Vector<float>.One, Vector<float>.Zero).CopyTo(spikes[at..]);
                if (!charged.IsEmpty)
                {
                    h.CopyTo(charged[at..]);
                }

                v = Vector.ConditionalSelect(fires, _soft ? h - threshold : rest, h);
            }
        }

        private void ForwardOne(ReadOnlySpan<float> input, Span<float> spikes, Span<float> charged, int at)
        {
            float v = _rest;
            for (int t = 0; t < _steps; t++, at += _width)
            {
                float x = _gain * input[at], h = _leaks ? v + ((x - (v - _rest)) * _leak) : v + x;
                bool fires = Fires(h);
                spikes[at] = fires ? 1f : 0f;
                if (!charged.IsEmpty)
                {
                    charged[at] = h;
                }

                v = !fires ? h : _soft ? h - _threshold : _rest;
            }
        }

        private double Backward(ReadOnlySpan<float> charged, ReadOnlySpan<float> spikeGradient, Span<float> inputGradient, int at)
        {
            Vector<float> gv = Vector<float>.Zero, threshold = new(_threshold), rest = new(_rest), leakGradient = Vector<float>.Zero, h = new(charged[at..]);
            for (int t = _steps - 1; t >= 0; t--, at -= _width)
            {
                Vector<float> before = t > 0 ? new Vector<float>(charged[(at - _width)..]) : rest;
                Vector<float> v = t > 0 ? Vector.ConditionalSelect(Fires(before, threshold), _soft ? before - threshold : rest, before) : rest;
                Vector<float> kept = _soft ? gv : Vector.ConditionalSelect(Fires(h, threshold), Vector<float>.Zero, gv);
                Vector<float> gh = (_surrogate.Derivative(h - threshold) * new Vector<float>(spikeGradient[at..])) + kept;
                (_gain * _leak * gh).CopyTo(inputGradient[at..]);
                leakGradient += gh * (h - v);
                gv = _leaks ? (1f - _leak) * gh : gh;
                h = before;
            }

            return Vector.Sum(leakGradient);
        }

        private double BackwardOne(ReadOnlySpan<float> charged, ReadOnlySpan<float> spikeGradient, Span<float> inputGradient, int at)
        {
            float gv = 0f, leakGradient = 0f, h = charged[at];
            for (int t = _steps - 1; t >= 0; t--, at -= _width)
            {
                float before = t > 0 ? charged[at - _width] : _rest;
                float v = t == 0 ? _rest : !Fires(before) ? before : _soft ? before - _threshold : _rest;
                float gh = (_surrogate.Derivative(h - _threshold) * spikeGradient[at]) + (Fires(h) && !_soft ? 0f : gv);
                inputGradient[at] = _gain * _leak * gh;
                leakGradient += gh * (h - v);
                gv = _leaks ? (1f - _leak) * gh : gh;
                h = before;
            }

            return leakGradient;
        }

        private Vector<int> Fires(Vector<float> h, Vector<float> threshold) => _tie ? Vector.GreaterThanOrEqual(h, threshold) : Vector.GreaterThan(h, threshold);

        private bool Fires(float h) => h > _threshold || (_tie && h == _threshold);
    }
}
