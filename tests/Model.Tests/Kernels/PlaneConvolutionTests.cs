using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Kernels;

[Collection(nameof(OneTorchThread))]
public class PlaneConvolutionTests
{
    private static readonly Gen<Case> Padded =
        from kernel in Gen.OneOf(1, 3, 5, 7)
        from stride in Gen.Int[1, 3]
        from padding in Gen.Int[0, kernel / 2]
        from rows in Gen.Int[kernel, 20]
        from columns in Gen.Int[kernel, 60]
        from images in Gen.Int[1, 3]
        from channels in Gen.Int[1, 5]
        from made in Gen.Int[1, 18]
        from depthwise in Gen.Bool
        select new Case(images, channels, depthwise ? channels : made, rows, columns, kernel, stride, padding, depthwise, null);

    private static readonly Gen<Case> Resized =
        from kernel in Gen.OneOf(1, 3, 5, 7)
        from rows in Gen.Int[1, 9]
        from columns in Gen.Int[1, 30]
        from taller in Gen.Int[0, 20]
        from wider in Gen.Int[0, 40]
        from images in Gen.Int[1, 3]
        from channels in Gen.Int[1, 5]
        from made in Gen.Int[1, 18]
        from depthwise in Gen.Bool
        select new Case(images, channels, depthwise ? channels : made, rows, columns, kernel, 1, 0, depthwise, new NearestResizeOperation(kernel + taller, kernel + wider));

    [Fact]
    public void A_padded_convolution_and_its_gradients_are_those_of_float64_arithmetic() => Padded.Sample(EqualsFloat64, iter: 150, threads: 1);

    [Fact]
    public void A_convolution_after_a_resize_and_its_gradients_are_those_of_float64_arithmetic_on_the_resized_image() => Resized.Sample(EqualsFloat64, iter: 150, threads: 1);

    [Fact]
    public void The_vector_paths_equal_their_scalar_twin() => Gen.OneOf(Padded, Resized).Sample(
        sizes =>
        {
            float[][] scalar = Run<Lanes1>(sizes, threads: 1), eight = Run<Lanes8>(sizes, threads: 1), sixteen = Run<Lanes16>(sizes, threads: 1);

            // Forward, and back to the input, lanes are pixels: each sums the same products in the same order with the same rounding.
            Assert.Equal(scalar[0], eight[0]);
            Assert.Equal(scalar[0], sixteen[0]);
            Assert.Equal(scalar[1], eight[1]);
            Assert.Equal(scalar[1], sixteen[1]);

            // In the kernel's gradient lanes are terms of one sum, so its order differs.
            AssertNear(scalar[2], eight[2]);
            AssertNear(scalar[2], sixteen[2]);
        },
        iter: 150, threads: 1);

    [Fact]
    public void The_number_of_threads_changes_nothing() => Gen.OneOf(Padded, Resized).Sample(
        sizes => Assert.Equal(Run<Lanes16>(sizes, threads: 1), Run<Lanes16>(sizes, threads: 3)), iter: 50, threads: 1);

    [Fact]
    public void Taps_that_fall_on_the_same_source_row_become_one()
    {
        // 3 rows made 8, kernel 5: rows 0 0 0 1 1 1 2 2 (⌊i·3/8⌋). Output row 0 reads 0 0 0 1 1: two runs. Row 3 reads 1 1 1 2 2.
        ConvolutionGeometry geometry = ConvolutionGeometry.Resized(3, 3, new NearestResizeOperation(8, 8), 5);

        RowPattern first = geometry.ByOutputRow[0];
        Assert.Equal([new TapRun(0, 3), new TapRun(3, 5)], first.Runs.Select(run => geometry.Runs[run]));
        Assert.Equal([0, 3], first.Rows);
        Assert.Equal([[0, 1], [1, 2]], first.Reads);
    }

    private static void EqualsFloat64(Case sizes)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor kernel, Tensor gradient) = Numbers(sizes);
        Tensor input = x.to_type(ScalarType.Float64).requires_grad_(true), weights = kernel.to_type(ScalarType.Float64).requires_grad_(true);
        Tensor seen = sizes.Resize is { } size ? nn.functional.interpolate(input, [size.Height, size.Width], mode: InterpolationMode.Nearest) : input;
        Tensor expected = nn.functional.conv2d(
            seen, weights, null, [sizes.Stride, sizes.Stride], [sizes.Padding, sizes.Padding], groups: sizes.Depthwise ? sizes.Channels : 1);
        expected.backward([gradient.to_type(ScalarType.Float64)]);

        float[][] made = Run<Lanes16>(sizes, threads: 1);

        AssertNear(Floats(expected), made[0]);
        AssertNear(Floats(input.grad!), made[1]);
        AssertNear(Floats(weights.grad!), made[2]);
    }

    private static unsafe float[][] Run<T>(Case sizes, int threads)
        where T : struct, ILanes<T>
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor kernel, Tensor gradient) = Numbers(sizes);
        Tensor y = empty_like(gradient), xGradient = empty_like(x), kernelGradient = empty_like(kernel);
        var convolution = new PlaneConvolution(sizes.Geometry, sizes.Channels, sizes.Made, sizes.Depthwise, threads);
        convolution.Forward<T>(x.Floats(), kernel.Floats(), y.Floats(), sizes.Images);
        convolution.Backward<T>(x.Floats(), kernel.Floats(), gradient.Floats(), xGradient.Floats(), kernelGradient.Floats(), sizes.Images);
        return [y.data<float>().ToArray(), xGradient.data<float>().ToArray(), kernelGradient.data<float>().ToArray()];
    }

    private static (Tensor X, Tensor Kernel, Tensor Gradient) Numbers(Case sizes)
    {
        ConvolutionGeometry geometry = sizes.Geometry;
        return (
            Draw(1, sizes.Images, sizes.Channels, sizes.Rows, sizes.Columns),
            Draw(2, sizes.Made, sizes.Depthwise ? 1 : sizes.Channels, sizes.Kernel, sizes.Kernel),
            Draw(3, sizes.Images, sizes.Made, geometry.OutRows, geometry.OutColumns));

        static Tensor Draw(int seed, params long[] shape) => rand(shape, generator: new Generator((ulong)seed)) - 0.5f;
    }

    private static float[] Floats(Tensor tensor) => tensor.detach().to_type(ScalarType.Float32).contiguous().data<float>().ToArray();

    /// <summary>To 1e-5 of the largest value: sums of at most some thousand products of numbers below 1/2, in floats.</summary>
    private static void AssertNear(float[] expected, float[] actual)
    {
        float largest = expected.Max(MathF.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - (1e-5f * largest) - 1e-6f, pair.First + (1e-5f * largest) + 1e-6f));
    }

    private sealed record Case(int Images, int Channels, int Made, int Rows, int Columns, int Kernel, int Stride, int Padding, bool Depthwise, NearestResizeOperation? Resize)
    {
        public ConvolutionGeometry Geometry => Resize is null
            ? ConvolutionGeometry.Padded(Rows, Columns, Kernel, Stride, Padding)
            : ConvolutionGeometry.Resized(Rows, Columns, Resize, Kernel);
    }
}
