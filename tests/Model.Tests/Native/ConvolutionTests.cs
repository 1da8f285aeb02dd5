using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Native;

/// <summary>libtorch's float32 convolutions against its float64 ones, which take another path: on a machine that hides its caches the former were wrong.</summary>
public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(36, 8, 5, 1)]    // more than 16 input channels and no multiple of it: the forward pass was wrong
    [InlineData(16, 8, 5, 1)]    // fewer than 16 output channels: the gradient of the input was wrong
    [InlineData(48, 16, 3, 2)]   // strided: wrong even with multiples of 16
    [InlineData(33, 33, 3, 1)]
    [InlineData(4, 8, 7, 1)]
    public void A_convolution_and_its_gradients_equal_those_in_double_precision(int inputs, int outputs, int kernel, int stride)
    {
        LibTorch.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        var draws = new Generator(1);
        Tensor input = rand([1, inputs, 20, 33], generator: draws), weight = rand([outputs, inputs, kernel, kernel], generator: draws) - 0.5f;

        Tensor[] single = Run(input, weight, stride), twice = Run(input.to_type(ScalarType.Float64), weight.to_type(ScalarType.Float64), stride);

        // Sums of up to 36·25 products of numbers up to 1, rounded at 6e-8 each: 1e-5 of the largest is far above rounding and far below the fault (0.1 and NaN).
        foreach ((Tensor found, Tensor expected) in single.Zip(twice))
        {
            double worst = (found.to_type(ScalarType.Float64) - expected).abs().max().item<double>(), largest = expected.abs().max().item<double>();
            Assert.True(worst <= 1e-5 * largest, $"off by {worst} of {largest}");
        }
    }

    /// <summary>The output, and the gradients of Σ output·(0, 1, …, 6, 0, 1, …) with respect to input and weight.</summary>
    private static Tensor[] Run(Tensor input, Tensor weight, int stride)
    {
        Tensor x = input.clone().requires_grad_(), w = weight.clone().requires_grad_();
        Tensor y = nn.functional.conv2d(x, w, null, [stride, stride], [w.shape[^1] / 2, w.shape[^1] / 2]);
        (y * (arange(y.numel(), dtype: y.dtype) % 7).reshape(y.shape)).sum().backward();
        return [y.detach(), x.grad!, w.grad!];
    }
}
