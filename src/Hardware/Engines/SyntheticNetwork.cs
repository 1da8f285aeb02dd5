using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Drawn networks of which every layer fires at a wanted rate, and drawn inputs: what benchmarks run, since the cost of an event engine is that of its spikes.</summary>
public static class SyntheticNetwork
{
    private const int LargestSample = 1 << 20;   // potentials that a quantile is taken from

    /// <summary>An input of which a share of the elements is 1 and the rest 0.</summary>
    /// <param name="settings">The network that will read it.</param>
    /// <param name="rate">The share, 0..1.</param>
    /// <param name="seed">Seed of the draw.</param>
    public static SpikeFrame Frame(StereoSpikeSettings settings, double rate, int seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var random = new Random(seed);
        var frame = new SpikeFrame(settings.InputChannels, settings.Sensor);
        for (int i = 0; i < frame.Values.Length; i++)
        {
            frame.Values[i] = random.NextDouble() < rate ? 1f : 0f;
        }

        return frame;
    }

    /// <summary>Draws a network and scales each layer, so that on an input a share of its neurons fires.</summary>
    /// <param name="settings">The network.</param>
    /// <param name="input">The input.</param>
    /// <param name="rate">The share, between 0 and 1.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="InvalidDataException">A layer's input is nowhere positive, so no scale makes it fire: the rate is too low for so small a network.</exception>
    public static StereoSpikeWeights Draw(StereoSpikeSettings settings, SpikeFrame input, double rate, int seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(input);
        Guard.Within(rate, 0.0, 1.0);
        NetworkGraph graph = StereoSpikeNetwork.Build(settings);
        IReadOnlyDictionary<string, WeightTensor> drawn = UniformInitialization.Draw(graph, seed);
        var scaled = drawn.ToDictionary();
        using var engine = new EventEngine(new StereoSpikeWeights(settings, drawn, new Dictionary<string, string>()));
        engine.Trace(input.Values, (node, potentials, _) =>
        {
            NeuronSettings neuron = ((FiringOperation)node.Operation).Neuron;
            float quantile = Quantile(potentials, 1 - rate) - neuron.ResetPotential;
            if (quantile <= 0f)
            {
                throw new InvalidDataException($"Layer {node.Name} cannot be made to fire at {rate:P0}: its potentials are not positive there. Take a larger network, a higher rate or another seed.");
            }

            float factor = (neuron.Threshold - neuron.ResetPotential) / quantile;
            string weight = ((ConvolutionOperation)graph[node.Inputs[0]].Operation).Weight;
            scaled[weight] = new WeightTensor(drawn[weight].Shape, Array.ConvertAll(drawn[weight].Values, value => value * factor));
            return Array.ConvertAll(potentials, h => (h - neuron.ResetPotential) * factor >= neuron.Threshold - neuron.ResetPotential ? 1f : 0f);   // as the scaled layer will fire
        });
        return new StereoSpikeWeights(settings, scaled, new Dictionary<string, string>());
    }

    private static float Quantile(float[] values, double share)
    {
        int stride = Math.Max(1, values.Length / LargestSample);
        float[] sample = [.. values.Where((_, i) => i % stride == 0)];
        Array.Sort(sample);
        return sample[Math.Clamp((int)(share * sample.Length), 0, sample.Length - 1)];
    }
}
