using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Where a latency network's weights begin: uniform from 0 to a bound, as S4NN's.</summary>
internal static class LatencyStart
{
    public static (SingleSpikeLayer Hidden, SingleSpikeLayer Output) Draw(LatencySettings network, LatencyTrainingSettings settings)
    {
        var random = new Random(settings.Seed);
        var hidden = new SingleSpikeLayer(network.Inputs, network.Hidden, network.HiddenThreshold, network.Steps, network.Response);
        var output = new SingleSpikeLayer(network.Hidden, ClassificationScore.Classes, network.OutputThreshold, network.Steps, network.Response);
        for (int j = 0; j < hidden.Neurons; j++)
        {
            DrawRow(hidden, j, settings.HiddenInitMaximum, random);
        }

        for (int o = 0; o < output.Neurons; o++)
        {
            DrawRow(output, o, settings.OutputInitMaximum, random);
        }

        return (hidden, output);
    }

    public static void DrawRow(SingleSpikeLayer layer, int neuron, float maximum, Random random)
    {
        for (int i = 0; i < layer.Inputs; i++)
        {
            layer.Weights[(i * layer.Stride) + neuron] = maximum * random.NextSingle();
        }
    }

    /// <summary>Weights by input, as a layer keeps them, in the order of a file.</summary>
    public static WeightTensor Tensor(SingleSpikeLayer layer, ReadOnlySpan<float> weights)
    {
        var values = new float[layer.Neurons * layer.Inputs];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = weights[(i % layer.Inputs * layer.Stride) + (i / layer.Inputs)];
        }

        return new WeightTensor([layer.Neurons, layer.Inputs], values);
    }

    public static WeightTensor Tensor(SingleSpikeLayer layer, float scale) => new([layer.Neurons, layer.Inputs], [.. layer.Export().Select(weight => weight * scale)]);
}
