using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A valid convolution to one channel after a nearest resize, worked out at the small size: exact, and many times cheaper.</summary>
/// <remarks>
/// Nearest resizing repeats pixels, so a product of a weight and a pixel is worked out once and repeated instead:
/// <code>
/// out[y, x] = Σ_j Σ_i P_ij[r(y+i), q(x+j)],   P_ij[y, x] = Σ_c K[c,i,j]·in[c,y,x]
/// </code>
/// with r and q the resize's row and column maps. The k² maps P are one pointwise convolution at the small size; <see cref="TapSpreading"/> adds them up.
/// </remarks>
internal static class UpsampledHead
{
    /// <summary>Resizes and convolves.</summary>
    /// <param name="input">Shape [N,C,h,w].</param>
    /// <param name="kernel">Shape [1,C,k,k].</param>
    /// <param name="bias">Shape [1], or null.</param>
    /// <param name="geometry">Of the resize and the convolution.</param>
    /// <returns>Shape [N,1,H,W].</returns>
    public static Tensor Apply(Tensor input, Tensor kernel, Tensor? bias, ConvolutionGeometry geometry)
    {
        using DisposeScope scope = NewDisposeScope();
        long channels = input.shape[1], k = kernel.shape[^1];

        // [1,C,k,k] -> [k·k,C,1,1] with the column tap j outermost: products [N, j·k + i, h, w].
        Tensor taps = kernel.squeeze(0).permute(2, 1, 0).reshape(k * k, channels, 1, 1);
        Tensor output = TapSpreadingFunction.Spread(nn.functional.conv2d(input, taps), geometry);
        return (bias is null ? output : output + bias).MoveToOuterDisposeScope();
    }
}
