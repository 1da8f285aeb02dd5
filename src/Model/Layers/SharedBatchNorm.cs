using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>Batch normalisation of a batch that lies on several machines: libtorch's <c>batch_norm</c> in training, with the statistics of the whole batch.</summary>
/// <remarks><code>
/// μ = Σ x / n     σ² = Σ (x − μ)² / n     y = (x − μ) / √(σ² + 1e-5) · scale + shift          sums over N, H and W of all machines
/// running mean ← 0.9 · running mean + 0.1 · μ     running variance ← 0.9 · running variance + 0.1 · σ² · n / (n − 1)
/// </code>
/// Source: Ioffe and Szegedy, "Batch normalization …", ICML 2015 (arXiv:1502.03167), algorithm 1; constants as in PyTorch.</remarks>
internal static class SharedBatchNorm
{
    private const double Epsilon = 1e-5, Momentum = 0.1;

    /// <summary>Normalises.</summary>
    /// <param name="x">This machine's samples, shape [N,C,H,W].</param>
    /// <param name="runningMean">Shape [C]; moved towards the batch's.</param>
    /// <param name="runningVariance">Shape [C]; moved towards the batch's.</param>
    /// <param name="scale">Shape [C].</param>
    /// <param name="shift">Shape [C].</param>
    /// <param name="sum">Adds up over all machines, shape [K], differentiable.</param>
    public static Tensor Apply(Tensor x, Tensor runningMean, Tensor runningVariance, Tensor scale, Tensor shift, Func<Tensor, Tensor> sum)
    {
        using DisposeScope scope = NewDisposeScope();
        long channels = x.shape[1];
        Tensor sums = sum(cat([x.sum([0, 2, 3]), tensor([(float)(x.numel() / channels)])]));
        Tensor count = sums[channels].detach();
        Tensor mean = sums.narrow(0, 0, channels) / count;
        Tensor centred = x - Broad(mean);
        Tensor variance = sum(centred.square().sum([0, 2, 3])) / count;
        using (no_grad())
        {
            runningMean.lerp_(mean, Momentum);
            runningVariance.lerp_(variance * (count / (count - 1f)), Momentum);
        }

        return ((centred * Broad(scale * (variance + Epsilon).rsqrt())) + Broad(shift)).MoveToOuterDisposeScope();
    }

    private static Tensor Broad(Tensor channels) => channels.reshape(1, -1, 1, 1);
}
