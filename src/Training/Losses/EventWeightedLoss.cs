using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>The default loss: a robust absolute error in the readout's own unit, weighted to where events are.</summary>
/// <remarks><code>
/// L = Σ over the readouts of  λ · Σ w·huber((prediction − truth)/scale) / Σ w,     per image, then the mean over images
/// w = 1 at valid pixels with left events, b at the other valid pixels, 0 where the truth is unknown
/// λ = 1 for the prediction (all heads), 0.3 for the partial sums
///     + e · mean(|Sobel_x R| + |Sobel_y R|)   of the prediction, over pixels whose 3×3 neighbourhood is valid; R = (prediction − truth)/scale
/// </code>
/// Why not the paper's: it ignores a constant offset, so with a small training budget no absolute level is learned; and spread over all pixels it is
/// spent on empty background, where the events say nothing (measured in docs/results.md). huber is smooth L1 with its corner at 1. The edge term, the paper's gradient matching, takes the steps out that nearest upsampling
/// leaves between the coarse heads' blocks; it needs dense truth.</remarks>
public static class EventWeightedLoss
{
    private const float PartialWeight = 0.3f;

    /// <summary>Works the loss out.</summary>
    /// <param name="readouts">Partial sums of the heads, coarse first, the prediction last; each [N,1,H,W], in the truth's unit divided by its scale.</param>
    /// <param name="truth">Shape [N,1,H,W], in the same unit; NaN where unknown.</param>
    /// <param name="leftEvents">Left events of the window at each pixel, shape [N,1,H,W].</param>
    /// <param name="backgroundWeight">b, 0..1.</param>
    /// <param name="edgeWeight">e, at least 0.</param>
    /// <param name="sumOverBatch">If given, adds what other machines hold of the batch to sums over these samples, shape [K].</param>
    /// <returns>A scalar.</returns>
    public static Tensor Of(
        IReadOnlyList<Tensor> readouts, Tensor truth, Tensor leftEvents, float backgroundWeight, float edgeWeight = 0f, Func<Tensor, Tensor>? sumOverBatch = null)
    {
        ArgumentNullException.ThrowIfNull(readouts);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(leftEvents);
        using DisposeScope scope = NewDisposeScope();
        Tensor valid = truth.isnan().logical_not().to_type(truth.dtype);
        Tensor weights = (leftEvents.gt(0f).to_type(truth.dtype) * (1f - backgroundWeight) + backgroundWeight) * valid;
        weights = weights / weights.sum([1, 2, 3], keepdim: true).clamp_min(1f);
        Tensor target = truth.nan_to_num(0.0);
        Tensor errors = zeros([]);
        for (int i = 0; i < readouts.Count; i++)
        {
            Tensor error = nn.functional.smooth_l1_loss(readouts[i], target, reduction: nn.Reduction.None);
            errors = errors + ((error * weights).sum() * (i == readouts.Count - 1 ? 1f : PartialWeight));
        }

        (Tensor edges, Tensor inside) = edgeWeight > 0 ? Edges(readouts[^1] - target, valid) : (zeros([]), zeros([]));
        Tensor sums = BatchSum.Of([tensor((float)truth.shape[0]), errors, edges, inside], sumOverBatch);
        Tensor total = sums[1] / sums[0];
        return (edgeWeight > 0 ? total + (edgeWeight * sums[2] / sums[3].clamp_min(1f)) : total).MoveToOuterDisposeScope();
    }

    private static (Tensor Sum, Tensor Pixels) Edges(Tensor error, Tensor valid)
    {
        using Tensor sobel = SobelKernels.Make();
        Tensor inside = 1f - nn.functional.max_pool2d(1f - valid, 3, stride: 1);
        Tensor edges = nn.functional.conv2d(error, sobel).abs().sum(1, keepdim: true);
        return ((edges * inside).sum(), inside.sum());
    }
}
