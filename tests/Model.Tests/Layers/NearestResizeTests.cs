using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Layers;

[Collection(nameof(OneTorchThread))]
public class NearestResizeTests
{
    [Fact]
    public void A_target_pixel_takes_the_source_pixel_that_PyTorch_takes() => Gen.Int[1, 700].Select(Gen.Int[1, 1400]).Sample(
        (source, target) => Assert.Equal(Taken(source, target), NearestResize.Sources(source, target)), iter: 500, threads: 1);

    [Theory]
    [InlineData(26, 22)]    // 11·26/22 = 13, and 12.999999 in float32
    [InlineData(36, 284)]   // the third head of a sensor 282 px wide
    [InlineData(173, 350)]
    [InlineData(87, 87)]
    public void A_target_pixel_takes_PyTorchs_source_where_whole_numbers_would_differ_too(int source, int target) =>
        Assert.Equal(Taken(source, target), NearestResize.Sources(source, target));

    [Fact]
    public void The_head_at_the_small_size_equals_resize_and_convolution_in_value_and_gradient()
    {
        Gen<(int, int, int, int, int, int, bool)> sizes = Gen.Select(Gen.Int[1, 2], Gen.Int[1, 5], Gen.Int[1, 9], Gen.Int[1, 9], Gen.OneOf(1, 3, 5, 7), Gen.Int[0, 30], Gen.Bool);
        sizes.Sample((n, channels, h, w, k, more, biased) =>
        {
            using DisposeScope scope = NewDisposeScope();
            var size = new NearestResizeOperation(h + k + more, w + k + (more / 2));
            (Tensor input, Tensor kernel, Tensor bias) = (Numbers(1, n, channels, h, w), Numbers(2, 1, channels, k, k), Numbers(3, 1));

            Tensor[] plain = Gradients(Plain, input, kernel, bias), folded = Gradients(Folded, input, kernel, bias);

            for (int i = 0; i < plain.Length; i++)
            {
                // Against float64: a sum of m products of numbers below 1 is off by at most m float epsilons of its size, and m is at most 245 forward, 39·39·25 backward.
                Assert.Equal(plain[i].shape, folded[i].shape);
                Assert.True(
                    allclose(plain[i], folded[i].to_type(ScalarType.Float64), rtol: 1e-4, atol: 1e-4 * Math.Max(1, plain[i].abs().max().item<double>())),
                    $"tensor {i} of [{n},{channels},{h},{w}] to {size}, kernel {k}");
            }

            Tensor Plain(Tensor x, Tensor weights, Tensor? b, NearestResizeOperation target) =>
                nn.functional.conv2d(nn.functional.interpolate(x, [target.Height, target.Width], mode: InterpolationMode.Nearest), weights, b);

            Tensor Folded(Tensor x, Tensor weights, Tensor? b, NearestResizeOperation target) => UpsampledHead.Apply(
                x.to_type(ScalarType.Float32), weights.to_type(ScalarType.Float32), b?.to_type(ScalarType.Float32), ConvolutionGeometry.Resized(h, w, target, k));

            Tensor[] Gradients(Func<Tensor, Tensor, Tensor?, NearestResizeOperation, Tensor> head, Tensor x, Tensor weights, Tensor b)
            {
                Tensor[] learned = [x.clone().requires_grad_(true), weights.clone().requires_grad_(true), b.clone().requires_grad_(true)];
                Tensor output = head(learned[0], learned[1], biased ? learned[2] : null, size);
                (output * (arange(output.numel()).reshape(output.shape) % 5 - 2).to_type(output.dtype)).sum().backward();
                return biased ? [output, learned[0].grad!, learned[1].grad!, learned[2].grad!] : [output, learned[0].grad!, learned[1].grad!];
            }
        }, iter: 150, threads: 1);
    }

    private static int[] Taken(int source, int target)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor numbered = arange(source).to_type(ScalarType.Float32).reshape(1, 1, 1, source);
        return [.. nn.functional.interpolate(numbered, [1, target], mode: InterpolationMode.Nearest).data<float>().ToArray().Select(index => (int)index)];
    }

    private static Tensor Numbers(int seed, params long[] shape) => rand(shape, dtype: ScalarType.Float64, generator: new Generator((ulong)seed)) - 0.5;
}
