using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>The step function with a surrogate gradient, as an operation that TorchSharp can differentiate.</summary>
internal sealed class SpikeFunction : autograd.SingleTensorFunction<SpikeFunction>
{
    private const string SurrogateKey = "surrogate";

    public override string Name => "StereoSpike.Spike";

    /// <summary>1 where <paramref name="excess"/> says that a neuron fires, else 0.</summary>
    /// <param name="excess">v − v_threshold, any shape.</param>
    /// <param name="firesAtEquality">Whether a tie fires.</param>
    /// <param name="surrogate">The gradient.</param>
    public static Tensor Spike(Tensor excess, bool firesAtEquality, Surrogate surrogate) =>
        excess.requires_grad ? apply(excess, firesAtEquality, surrogate) : Step(excess, firesAtEquality);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var excess = (Tensor)vars[0];
        ctx.save_for_backward([excess]);
        ctx.save_data(SurrogateKey, vars[2]);
        return Step(excess, (bool)vars[1]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        Tensor excess = ctx.get_saved_variables()[0];
        return [Backward(excess, grad_output, (Surrogate)ctx.get_data(SurrogateKey)), null!, null!];   // the tie rule and the surrogate have no gradient
    }

    private static Tensor Step(Tensor excess, bool firesAtEquality)
    {
        using Tensor fires = firesAtEquality ? excess.ge(0f) : excess.gt(0f);
        return fires.to_type(excess.dtype);
    }

    /// <summary>The formulas of <see cref="Surrogate"/>, times the incoming gradient, on tensors.</summary>
    private static Tensor Backward(Tensor x, Tensor gradient, Surrogate surrogate)
    {
        using DisposeScope scope = NewDisposeScope();
        float alpha = surrogate.Alpha;
        Tensor result = surrogate.Shape switch
        {
            SurrogateShape.ATan => (x * (MathF.PI / 2f * alpha)).pow_(2f).add_(1f).reciprocal_().mul_(alpha / 2f).mul_(gradient),
            SurrogateShape.Sigmoid => Logistic(x * alpha, alpha).mul_(gradient),
            SurrogateShape.SuperSpike => x.abs().mul_(alpha).add_(1f).pow_(2f).reciprocal_().mul_(gradient),
            SurrogateShape.Triangle => (1f - x.abs()).clamp_min_(0f).mul_(alpha).mul_(gradient),
            SurrogateShape.Quadratic => (x.abs() * (-alpha * alpha)).add_(alpha).clamp_min_(0f).mul_(gradient),
            SurrogateShape.Exponential => (x.abs() * -alpha).exp_().mul_(alpha / 2f).mul_(gradient),
            SurrogateShape.SoftSign => x.abs().mul_(alpha).add_(1f).pow_(2f).reciprocal_().mul_(alpha / 2f).mul_(gradient),
            SurrogateShape.Rectangle => x.abs().lt(1f / alpha).to_type(x.dtype).mul_(gradient),
            _ => throw new InvalidOperationException($"Surrogate shape {surrogate.Shape} has no formula."),
        };
        return (surrogate.Scale == 1f ? result : result.mul_(surrogate.Scale)).MoveToOuterDisposeScope();

        static Tensor Logistic(Tensor scaled, float alpha)
        {
            Tensor sigma = scaled.sigmoid();
            return (1f - sigma).mul_(sigma).mul_(alpha);
        }
    }
}
