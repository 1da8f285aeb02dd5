using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Where a single-spike network's weights begin: drawn from a normal distribution and scaled layer by layer until the potentials on real images have a chosen deviation.</summary>
/// <remarks>
/// Neurons that fire once are blind to potentials below 0 and above 1, so a layer whose potentials lie in a corner of that window passes on neither spikes nor gradients. Images show what each layer gets,
/// whatever its fan-in, pooling and silence below. Biases begin at 0.
/// The idea is that of data-dependent initialisation (Rossbroich, Gygax and Zenke, Neuromorphic Computing and Engineering 2022, arXiv:2206.10226); the need for it here is Che et al.'s (arXiv:2410.23619).
/// </remarks>
public static class TtfsStart
{
    /// <summary>Draws all weights.</summary>
    /// <param name="network">Receives them; images are shown to it already.</param>
    /// <param name="images">How many images are shown.</param>
    /// <param name="deviation">Of every layer's potentials, in thresholds.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="InvalidDataException">The images are black, so that no scale moves a potential.</exception>
    public static void Draw(TtfsNetwork network, int images, float deviation, int seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        var random = new Random(seed);
        foreach (RampLayer layer in network.Layers)
        {
            DrawLayer(layer, random);
        }

        foreach (RampLayer layer in network.Layers)
        {
            network.Forward(images);
            double found = Deviation(layer, images);
            float scale = found > 0 ? (float)(deviation / found) : throw new InvalidDataException("The images shown to set the first weights by make no neuron fire: they are all black.");
            for (int i = 0; i < layer.Weights.Length; i++)
            {
                layer.Weights[i] *= scale;
            }
        }
    }

    private static void DrawLayer(RampLayer layer, Random random)
    {
        float scale = MathF.Sqrt(2f / (layer.Kernel * layer.Kernel * layer.Channels));
        for (int i = 0; i < layer.Weights.Length; i++)
        {
            layer.Weights[i] = i % layer.Stride < layer.Neurons ? scale * Normal(random) : 0f;
        }
    }

    /// <summary>Box and Muller's.</summary>
    private static float Normal(Random random) => (float)(Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble())) * Math.Cos(2.0 * Math.PI * random.NextDouble()));

    private static double Deviation(RampLayer layer, int images)
    {
        double sum = 0, squares = 0;
        long count = 0;
        for (int image = 0; image < images; image++)
        {
            for (int pixel = 0; pixel < layer.Height * layer.Width; pixel++)
            {
                foreach (float v in layer.Potentials(image, pixel / layer.Width, pixel % layer.Width)[..layer.Neurons])
                {
                    sum += v;
                    squares += (double)v * v;
                    count++;
                }
            }
        }

        return Math.Sqrt(Math.Max(0, (squares / count) - (sum / count * (sum / count))));
    }
}
