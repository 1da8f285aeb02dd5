using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>Sums over a batch whose samples lie on several ranks, as operations that TorchSharp can differentiate.</summary>
/// <remarks>
/// With them every rank works out the loss of the whole batch, to the same bits, from sums over its own samples; so terms that are not linear in the samples (a squared mean,
/// a rate held to a bound) are those of one large batch. Then each differentiates that loss through its own samples alone, and the gradient is the sum of all ranks' shares:
/// <code>
/// S = Σ_r S_r(w)     L = f(S)     dL/dw = Σ_r f'(S) · dS_r/dw
/// </code>
/// </remarks>
/// <param name="ranks">Who holds the samples.</param>
/// <param name="spare">Whether this rank holds none: what it sums then counts 0.</param>
internal sealed class BatchSums(Ranks ranks, bool spare)
{
    /// <summary>Sums of the loss: every rank has the same need of them, so the gradient of its own share is the gradient of the sum.</summary>
    /// <param name="local">Sums over this rank's samples, shape [K].</param>
    /// <returns>Sums over all, shape [K].</returns>
    public Tensor OfLoss(Tensor local) => Of(local, shared: false);

    /// <summary>Sums that other samples' activations depend on, as those of a batch normalisation: their gradient comes from all ranks.</summary>
    /// <inheritdoc cref="OfLoss"/>
    public Tensor OfActivations(Tensor local) => Of(local, shared: true);

    private Tensor Of(Tensor local, bool shared)
    {
        if (ranks.Size == 1)
        {
            return local;
        }

        Tensor counted = spare ? local * 0f : local;
        return counted.requires_grad ? SumFunction.apply(counted, ranks, shared) : Summed(counted, ranks);
    }

    private static Tensor Summed(Tensor local, Ranks ranks)
    {
        Tensor sum = local.detach().clone();
        ranks.Sum(MemoryMarshal.Cast<byte, float>(sum.bytes));
        return sum;
    }

    /// <summary>The sum over ranks, with the gradient of <see cref="OfLoss"/> or <see cref="OfActivations"/>.</summary>
    private sealed class SumFunction : autograd.SingleTensorFunction<SumFunction>
    {
        private const string RanksKey = "ranks", SharedKey = "shared";

        public override string Name => "StereoSpike.SumOverRanks";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            (var ranks, bool shared) = ((Ranks)vars[1], (bool)vars[2]);
            ctx.save_data(RanksKey, ranks);
            ctx.save_data(SharedKey, shared);
            return Summed((Tensor)vars[0], ranks);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            [(bool)ctx.get_data(SharedKey) ? Summed(grad_output, (Ranks)ctx.get_data(RanksKey)) : grad_output.detach(), null!, null!];
    }
}
