using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A whole sequence of current-based leaky neurons that never fire, in one operation.</summary>
/// <remarks><code>
/// U[n+1] = a·U[n] + (1 - a)·I[n]        I[n+1] = b·I[n] + x[n]        from U[0] = I[0] = 0
/// gx[n] = gI[n+1]        gU[n] = a·gU[n+1] + g[n]        gI[n] = b·gI[n+1] + (1 - a)·gU[n+1]
/// </code>
/// The value of step n is U[n]. Row by row, so that the compiler's own vectors suffice: readouts are small. Time constants as in <see cref="CubaLif"/>.</remarks>
internal sealed class LeakyIntegratorSequence : autograd.SingleTensorFunction<LeakyIntegratorSequence>
{
    private const string DecaysKey = "decays";

    public override string Name => "StereoSpike.LeakyIntegratorSequence";

    /// <summary>Potentials of a sequence from rest.</summary>
    /// <param name="input">Shape [N,T,…].</param>
    /// <param name="neuron">The time constants.</param>
    /// <returns>U[n], the input's shape.</returns>
    public static Tensor Potentials(Tensor input, LeakyIntegratorOperation neuron)
    {
        (float A, float B) decays = (CubaLif.Decay(neuron.MembraneTauSteps), CubaLif.Decay(neuron.SynapticTauSteps));
        return input.requires_grad ? apply(input, decays) : Forward(input, decays);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(DecaysKey, vars[1]);
        return Forward((Tensor)vars[0], ((float, float))vars[1]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        (float a, float b) = ((float, float))ctx.get_data(DecaysKey);
        using Tensor gradient = grad_output.contiguous();
        Tensor result = empty_like(gradient);
        (int samples, int steps, int width) = SequenceShape.Of(gradient);
        ReadOnlySpan<float> g = SequenceShape.Floats(gradient);
        Span<float> gx = SequenceShape.Floats(result);
        float[] gu = new float[width], gi = new float[width];
        for (int sample = 0; sample < samples; sample++)
        {
            Array.Clear(gu);
            Array.Clear(gi);
            for (int t = steps - 1; t >= 0; t--)
            {
                int row = ((sample * steps) + t) * width;
                for (int k = 0; k < width; k++)
                {
                    gx[row + k] = gi[k];
                    gi[k] = (b * gi[k]) + ((1f - a) * gu[k]);
                    gu[k] = (a * gu[k]) + g[row + k];
                }
            }
        }

        return [result, null!];
    }

    private static Tensor Forward(Tensor input, (float A, float B) decays)
    {
        using Tensor contiguous = input.contiguous();
        Tensor result = empty_like(contiguous);
        (int samples, int steps, int width) = SequenceShape.Of(contiguous);
        ReadOnlySpan<float> x = SequenceShape.Floats(contiguous);
        Span<float> u = SequenceShape.Floats(result);
        float[] current = new float[width];
        for (int sample = 0; sample < samples; sample++)
        {
            Array.Clear(current);
            u.Slice(sample * steps * width, width).Clear();
            for (int t = 0; t < steps - 1; t++)
            {
                int row = ((sample * steps) + t) * width;
                for (int k = 0; k < width; k++)
                {
                    u[row + width + k] = (decays.A * u[row + k]) + ((1f - decays.A) * current[k]);
                    current[k] = (decays.B * current[k]) + x[row + k];
                }
            }
        }

        return result;
    }
}
