using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Native;

/// <summary>libtorch's float32 convolutions and matrix products against its float64 convolutions, which take another path: on a machine that hides its caches the former were wrong.</summary>
public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(false, 36, 8, 5, 1)]    // more than 16 input channels and no multiple of it: the forward pass was wrong
    [InlineData(false, 16, 8, 5, 1)]    // fewer than 16 output channels: the gradient of the input was wrong
    [InlineData(false, 48, 16, 3, 2)]   // strided: wrong even with multiples of 16
    [InlineData(false, 33, 33, 3, 1)]
    [InlineData(false, 4, 8, 7, 1)]
    [InlineData(true, 36, 8, 5, 1)]
    [InlineData(true, 48, 16, 3, 2)]
    [InlineData(true, 33, 33, 3, 1)]
    [InlineData(true, 36, 20, 1, 1)]
    [InlineData(true, 9, 130, 1, 2)]
    [InlineData(true, 130, 7, 5, 2)]
    public void A_convolution_and_its_gradients_equal_those_in_double_precision(bool asProduct, int inputs, int outputs, int kernel, int stride)
    {
        LibTorch.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        var draws = new Generator(1);
        Tensor input = rand([2, inputs, 20, 33], generator: draws), weight = rand([outputs, inputs, kernel, kernel], generator: draws) - 0.5f;

        Tensor[] single = Run(input, weight, stride, asProduct), twice = Run(input.to_type(ScalarType.Float64), weight.to_type(ScalarType.Float64), stride, asProduct: false);

        // Sums of up to 36·25 products of numbers up to 1, rounded at 6e-8 each: 1e-5 of the largest is far above rounding and far below the fault (0.1 and NaN).
        foreach ((Tensor found, Tensor expected) in single.Zip(twice))
        {
            double worst = (found.to_type(ScalarType.Float64) - expected).abs().max().item<double>(), largest = expected.abs().max().item<double>();
            Assert.True(worst <= 1e-5 * largest, $"off by {worst} of {largest}");
        }
    }

    /// <summary>The output, and the gradients of Σ output·(0, 1, …, 6, 0, 1, …) with respect to input and weight.</summary>
    private static Tensor[] Run(Tensor input, Tensor weight, int stride, bool asProduct)
    {
        Tensor x = input.clone().requires_grad_(), w = weight.clone().requires_grad_();
        int kernel = (int)w.shape[^1];
        Tensor y = asProduct
            ? PatchProduct.Of(x, w, null, new ConvolutionOperation((int)w.shape[0], kernel, stride, kernel / 2, 1, "weight", null))
            : nn.functional.conv2d(x, w, null, [stride, stride], [kernel / 2, kernel / 2]);
        (y * (arange(y.numel(), dtype: y.dtype) % 7).reshape(y.shape)).sum().backward();
        return [y.detach(), x.grad!, w.grad!];
    }
}
