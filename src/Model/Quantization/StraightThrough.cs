using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>Other values in a tensor's place, whose gradient goes to the tensor as if they were its own.</summary>
internal sealed class StraightThrough : autograd.SingleTensorFunction<StraightThrough>
{
    public override string Name => "StereoSpike.StraightThrough";

    /// <summary>Replaces values.</summary>
    /// <param name="learned">The tensor that learns.</param>
    /// <param name="values">What to compute with, as many.</param>
    /// <param name="passes">What the gradient is multiplied by on its way back, as many.</param>
    public static Tensor Apply(Tensor learned, float[] values, float[] passes)
    {
        Tensor replaced = tensor(values, learned.shape);
        if (!learned.requires_grad || !is_grad_enabled())
        {
            return replaced;
        }

        using (replaced)
        using (Tensor mask = tensor(passes, learned.shape))
        {
            return apply(learned, replaced, mask);
        }
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[2]]);
        return ((Tensor)vars[1]).clone();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [grad_output * ctx.get_saved_variables()[0], null!, null!];
}
