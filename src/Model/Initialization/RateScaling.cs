using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>Scales each layer's weights on real inputs so that a wanted share of its neurons fires: with PyTorch's default start and sparse events, nothing below the first layer would.</summary>
/// <remarks>Layer by layer from the input, the (1 − r) quantile of the charged potential is moved onto the threshold:
/// w ← w·(v_threshold − v_reset)/q, with q the quantile of (charged potential − v_reset). Biases on the way are scaled with their layer.</remarks>
public static class RateScaling
{
    private const int LargestSample = 1 << 20;   // elements the quantile is taken from

    /// <summary>Scales a module's weights in place.</summary>
    /// <param name="module">The network.</param>
    /// <param name="batch">Real inputs, shape [N,C,H,W].</param>
    /// <param name="rate">Wanted firing rate of a firing node, 0..1, by its name.</param>
    /// <returns>The factor each firing node's weights were multiplied by.</returns>
    /// <exception cref="InvalidDataException">A layer's input is nowhere positive, so no scale makes it fire.</exception>
    public static IReadOnlyDictionary<string, float> Apply(GraphModule module, Tensor batch, Func<string, float> rate)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(rate);
        var factors = new Dictionary<string, float>();
        using IDisposable noGradient = no_grad();
        using GraphRun run = module.Run([batch], (node, input) =>
        {
            var neuron = ((FiringOperation)node.Operation).Neuron;
            float charge = neuron.InputGain * module.Leak(node);
            float quantile = Quantile(input, 1f - rate(node.Name)) * charge;
            if (quantile <= 0f)
            {
                throw new InvalidDataException($"Layer {node.Name} cannot be scaled to fire at {rate(node.Name):P0}: its input is not positive there. The batch holds too few events, or the seed an unlucky draw; take busier windows or another seed.");
            }

            float factor = (neuron.Threshold - neuron.ResetPotential) / quantile;
            factors.Add(node.Name, factor);
            Scale(module, module.Graph[node.Inputs[0]], factor);
            return input * factor;
        });
        return factors;
    }

    private static float Quantile(Tensor input, float share)
    {
        float[] values = input.data<float>().ToArray();
        int stride = Math.Max(1, values.Length / LargestSample);
        float[] sample = stride == 1 ? values : [.. values.Where((_, i) => i % stride == 0)];
        Array.Sort(sample);
        return sample[Math.Clamp((int)(share * sample.Length), 0, sample.Length - 1)];
    }

    private static void Scale(GraphModule module, GraphNode node, float factor)
    {
        (string weight, string? bias) = node.Operation switch
        {
            ConvolutionOperation conv => (conv.Weight, conv.Bias),
            LinearOperation linear => (linear.Weight, linear.Bias),
            _ => throw new NotSupportedException($"Node {node.Name} has no weights to scale."),
        };
        module.Tensors[weight].mul_(factor);
        if (bias is not null)
        {
            module.Tensors[bias].mul_(factor);
        }
    }
}
