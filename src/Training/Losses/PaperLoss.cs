using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>StereoSpike's loss: a scale-invariant regression term and a gradient-matching term, at every scale of the readout.</summary>
/// <remarks><code>
/// L = Σ over the readouts of   mean(R²) − mean(R)² + 0.5 · mean(|Sobel_x R| + |Sobel_y R|)
/// R = prediction − truth at valid pixels, 0 elsewhere; means over valid pixels
/// </code>
/// Rançon et al., IEEE Access 10 (2022), arXiv:2109.13751, equations 6–8. R is set to 0 at invalid pixels before the 3×3 Sobel filter, whose border is padded with 0;
/// the absolute level is learned only through those edges, since a constant offset changes nothing inside.</remarks>
public static class PaperLoss
{
    private const float GradientWeight = 0.5f;

    /// <summary>Works the loss out.</summary>
    /// <param name="readouts">The readouts, each of shape [N,1,H,W], in the truth's unit.</param>
    /// <param name="truth">Shape [N,1,H,W]; NaN where unknown.</param>
    /// <param name="sumOverBatch">If given, adds what other machines hold of the batch to sums over these samples, shape [K].</param>
    /// <returns>A scalar; 0 where no pixel of the truth is known.</returns>
    public static Tensor Of(IReadOnlyList<Tensor> readouts, Tensor truth, Func<Tensor, Tensor>? sumOverBatch = null)
    {
        ArgumentNullException.ThrowIfNull(readouts);
        ArgumentNullException.ThrowIfNull(truth);
        using DisposeScope scope = NewDisposeScope();
        Tensor valid = truth.isnan().logical_not().to_type(truth.dtype);
        Tensor target = truth.nan_to_num(0.0);
        Tensor sobel = SobelKernels.Make();
        var parts = new List<Tensor> { valid.sum() };
        foreach (Tensor readout in readouts)
        {
            Tensor r = (readout - target) * valid;
            Tensor edges = nn.functional.conv2d(r, sobel, padding: [1, 1]).abs().sum(1, keepdim: true);
            parts.AddRange([r.square().sum(), r.sum(), (edges * valid).sum()]);
        }

        Tensor sums = BatchSum.Of(parts, sumOverBatch);
        Tensor count = sums[0].clamp_min(1f);
        Tensor total = zeros(1);
        for (int i = 1; i < parts.Count; i += 3)
        {
            total = total + (sums[i] / count) - (sums[i + 1] / count).square() + (GradientWeight * sums[i + 2] / count);
        }

        return total.squeeze().MoveToOuterDisposeScope();
    }
}
