using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A convolution as one matrix product: kernels, shape [O,C·k²], times the patches that they see, shape [N,C·k²,H·W].</summary>
/// <remarks>Patches cost k² times the input's memory ("im2col": Chellapilla, Puri, Simard, IWFHR 2006). Worth it where oneDNN may not use its vectors and libtorch's matrix product, another library's, does.</remarks>
internal static class PatchProduct
{
    /// <summary>Convolves.</summary>
    /// <param name="input">Shape [N,C,H,W].</param>
    /// <param name="weight">Shape [O,C,k,k].</param>
    /// <param name="bias">Shape [O], or none.</param>
    /// <param name="convolution">Stride and padding; one group.</param>
    /// <returns>Shape [N,O,H',W'].</returns>
    public static Tensor Of(Tensor input, Tensor weight, Tensor? bias, ConvolutionOperation convolution)
    {
        (int kernel, int stride, int padding) = (convolution.Kernel, convolution.Stride, convolution.Padding);
        Tensor patches = (kernel, stride, padding) == (1, 1, 0)
            ? input.flatten(2)
            : nn.functional.unfold(input, (kernel, kernel), null, (padding, padding), (stride, stride));
        Tensor product = matmul(weight.flatten(1), patches)
            .reshape(input.shape[0], weight.shape[0], Outputs(input.shape[2]), Outputs(input.shape[3]));
        return bias is null ? product : product + bias.reshape(1, -1, 1, 1);

        long Outputs(long inputs) => ((inputs + (2 * padding) - kernel) / stride) + 1;
    }
}
