using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A valid convolution to one channel after a nearest resize, worked out at the small size: exact, and many times cheaper.</summary>
/// <remarks>
/// Nearest resizing repeats pixels, so a product of a weight and a pixel is worked out once and repeated instead:
/// <code>
/// out[y, x] = Σ_ij Σ_c K[c,i,j]·in[c, r(y+i), q(x+j)] = Σ_j ( Σ_i P_ij[r(y+i), ·] )[q(x+j)],   P_ij[y, x] = Σ_c K[c,i,j]·in[c,y,x]
/// </code>
/// with r and q the resize's row and column maps. The k² maps P are one pointwise convolution at the small size; the sum over i is taken with rows resized and
/// columns still few, the sum over j last.
/// </remarks>
internal static class UpsampledHead
{
    /// <summary>Resizes and convolves.</summary>
    /// <param name="input">Shape [N,C,h,w].</param>
    /// <param name="kernel">Shape [1,C,k,k].</param>
    /// <param name="bias">Shape [1], or null.</param>
    /// <param name="size">The resize's target; the output is k − 1 smaller each way.</param>
    /// <returns>Shape [N,1,size.Height − k + 1,size.Width − k + 1].</returns>
    public static Tensor Apply(Tensor input, Tensor kernel, Tensor? bias, NearestResizeOperation size)
    {
        using DisposeScope scope = NewDisposeScope();
        long n = input.shape[0], channels = input.shape[1], h = input.shape[2], w = input.shape[3], k = kernel.shape[^1];
        long rows = size.Height - k + 1, columns = size.Width - k + 1;

        // [1,C,k,k] -> [k·k,C,1,1] with the column tap j outermost: products [N, j·k + i, h, w].
        Tensor taps = kernel.squeeze(0).permute(2, 1, 0).reshape(k * k, channels, 1, 1);
        Tensor products = nn.functional.conv2d(input, taps);
        Tensor tall = nn.functional.interpolate(products, [size.Height, w], mode: InterpolationMode.Nearest).reshape(n, k, k, size.Height, w);
        Tensor summed = tall.select(2, 0).narrow(2, 0, rows);
        for (long i = 1; i < k; i++)
        {
            summed = summed + tall.select(2, i).narrow(2, i, rows);
        }

        Tensor wide = nn.functional.interpolate(summed, [rows, size.Width], mode: InterpolationMode.Nearest);
        Tensor output = wide.narrow(1, 0, 1).narrow(3, 0, columns);
        for (long j = 1; j < k; j++)
        {
            output = output + wide.narrow(1, j, 1).narrow(3, j, columns);
        }

        return (bias is null ? output : output + bias).MoveToOuterDisposeScope();
    }
}
