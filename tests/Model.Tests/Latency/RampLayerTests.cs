using CsCheck;

namespace StereoSpike.Model.Tests.Latency;

public class RampLayerTests
{
    private static readonly Gen<(int Height, int Width, int Channels, int Neurons, int Kernel, int Images, int Seed)> Shapes =
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 2].Select(n => 16 * n), Gen.Int[0, 3].Select(i => new[] { 3, 16, 40, 64 }[i]), Gen.Int[0, 2].Select(i => 1 + (2 * i)), Gen.Int[1, 5], Gen.Int[0, 1 << 20],
            (h, w, c, k, kernel, images, seed) => (h, w, c, k, h * w == 1 ? 1 : kernel, images, seed));

    [Fact]
    public void A_ramp_is_worth_the_steps_it_has_risen()
    {
        // T = 8, one neuron, weights 0.5 and −0.25, bias 0.125. Spikes at steps 2 and 5 ramp for 6 and 3 steps: 0.5·6/8 − 0.25·3/8 + 0.125 = 0.40625.
        var layer = new RampLayer(1, 1, 2, 1, 1, 1, errorsReachInput: false);
        (layer.Weights[0], layer.Weights[layer.Stride], layer.Bias[0]) = (0.5f, -0.25f, 0.125f);
        layer.Input(0, 0, 0)[0] = FallingThreshold.Value(2, 8);
        layer.Input(0, 0, 0)[1] = FallingThreshold.Value(5, 8);

        layer.Forward(1);

        Assert.Equal(0.40625f, layer.Potentials(0, 0, 0)[0]);
    }

    [Fact]
    public void Potentials_are_the_plain_sum_over_the_window_of_each_pixel() => Shapes.Sample(shape =>
    {
        RampLayer layer = Draw(shape);
        layer.Forward(shape.Images);

        return All(layer, (image, y, x, j) => Math.Abs(Plain(layer, image, y, x, j) - layer.Potentials(image, y, x)[j]) < 1e-4);
    },
    iter: 60);

    [Fact]
    public void Gradients_are_those_of_a_sum_that_is_linear_in_weights_and_inputs() => Shapes.Sample(shape =>
    {
        // L = Σ e·V. Its derivative by a weight or an input is exactly what a change of 1 in it changes L by.
        RampLayer layer = Draw(shape);
        layer.Forward(shape.Images);
        double before = Loss(layer);
        layer.Backward(shape.Images);
        var random = new Random(shape.Seed + 1);
        int place = random.Next(shape.Kernel * shape.Kernel * shape.Channels), j = random.Next(shape.Neurons), weight = (place * layer.Stride) + j;
        (int image, int y, int x, int c) = (random.Next(shape.Images), random.Next(shape.Height), random.Next(shape.Width), random.Next(shape.Channels));
        float expectedWeight = layer.WeightGradients[weight], expectedBias = layer.BiasGradients[j], expectedInput = layer.InputErrors(image, y, x)[c];

        layer.Weights[weight] += 1f;
        double byWeight = Loss(layer) - before;
        layer.Weights[weight] -= 1f;
        layer.Bias[j] += 1f;
        double byBias = Loss(layer) - before;
        layer.Bias[j] -= 1f;
        layer.Input(image, y, x)[c] += 1f;
        double byInput = Loss(layer) - before;

        return Near(byWeight, expectedWeight) && Near(byBias, expectedBias) && Near(byInput, expectedInput);

        static bool Near(double found, double expected) => Math.Abs(found - expected) < 1e-3 * (1 + Math.Abs(expected));
    },
    iter: 60);

    [Fact]
    public unsafe void All_widths_of_vectors_give_the_same_product() =>
        Gen.Select(Gen.Int[1, 11], Gen.Int[1, 7].Select(n => 16 * n), Gen.Int[1, 3], Gen.Int[1, 20], Gen.Bool, Gen.Int[0, 1 << 20]).Sample((rows, columns, segments, length, add, seed) =>
        {
            var shape = new MatrixProductShape(rows, columns, segments, length, 3, 1, 7);
            var random = new Random(seed);
            float[] a = Draw(random, (3 * rows) + (7 * segments) + length), b = Draw(random, segments * length * columns), c = Draw(random, rows * columns), wide = [.. c], narrow = [.. c];
            fixed (float* left = a, right = b, one = c, eight = narrow, sixteen = wide)
            {
                MatrixProduct<Lanes1>.Multiply(shape, left, right, one, add);
                MatrixProduct<Lanes8>.Multiply(shape, left, right, eight, add);
                MatrixProduct<Lanes16>.Multiply(shape, left, right, sixteen, add);
            }

            return c.AsSpan().SequenceEqual(narrow) && c.AsSpan().SequenceEqual(wide);   // products are fused and added in one order
        });

    [Fact]
    public void Sizes_that_no_window_fits_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RampLayer(4, 4, 16, 8, 2, 1, errorsReachInput: true));
        Assert.Throws<ArgumentException>(() => new RampLayer(1, 1, 16, 8, 3, 1, errorsReachInput: true));
        Assert.Throws<ArgumentException>(() => new RampLayer(4, 4, 6, 8, 3, 1, errorsReachInput: true));
    }

    private static RampLayer Draw((int Height, int Width, int Channels, int Neurons, int Kernel, int Images, int Seed) shape)
    {
        var random = new Random(shape.Seed);
        var layer = new RampLayer(shape.Height, shape.Width, shape.Channels, shape.Neurons, shape.Kernel, shape.Images, errorsReachInput: true);
        for (int i = 0; i < layer.Weights.Length; i++)
        {
            layer.Weights[i] = i % layer.Stride < layer.Neurons ? random.NextSingle() - 0.5f : 0f;
        }

        Draw(random, shape.Neurons).CopyTo(layer.Bias, 0);
        for (int pixel = 0; pixel < shape.Images * shape.Height * shape.Width; pixel++)
        {
            (int image, int y, int x) = (pixel / (shape.Height * shape.Width), pixel / shape.Width % shape.Height, pixel % shape.Width);
            Draw(random, shape.Channels).CopyTo(layer.Input(image, y, x));
            Draw(random, shape.Neurons).CopyTo(layer.Errors(image, y, x));
        }

        return layer;
    }

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static double Plain(RampLayer layer, int image, int y, int x, int j)
    {
        double sum = layer.Bias[j];
        int reach = layer.Kernel / 2;
        for (int tap = 0; tap < layer.Kernel * layer.Kernel; tap++)
        {
            (int fromY, int fromX) = (y + (tap / layer.Kernel) - reach, x + (tap % layer.Kernel) - reach);
            for (int c = 0; c < layer.Channels && fromY >= 0 && fromX >= 0 && fromY < layer.Height && fromX < layer.Width; c++)
            {
                sum += (double)layer.Weights[(((tap * layer.Channels) + c) * layer.Stride) + j] * layer.Input(image, fromY, fromX)[c];
            }
        }

        return sum;
    }

    private static double Loss(RampLayer layer)
    {
        double loss = 0;
        All(layer, (image, y, x, j) =>
        {
            loss += Plain(layer, image, y, x, j) * layer.Errors(image, y, x)[j];
            return true;
        });
        return loss;
    }

    private static bool All(RampLayer layer, Func<int, int, int, int, bool> holds)
    {
        for (int i = 0; i < layer.Images * layer.Height * layer.Width; i++)
        {
            for (int j = 0; j < layer.Neurons; j++)
            {
                if (!holds(i / (layer.Height * layer.Width), i / layer.Width % layer.Height, i % layer.Width, j))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
