using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>Weights that a network computes with as if they were integers, while it learns the real ones beneath.</summary>
/// <remarks><code>
/// ŵ = s·clamp(round(w/s), −Q, Q)          what the forward pass sees: <see cref="RoundedNetwork"/>, worked out anew each time
/// ∂L/∂w = ∂L/∂ŵ · 1[|w/s| ≤ Q]            straight through the rounding, and nothing for what is cut off
/// </code>
/// Biases are rounded to the unit of their layer's sums, and their gradient passes whole. So a trained network's integers compute what it was trained to compute.
/// Source: Bengio, Léonard, Courville, "Estimating or propagating gradients through stochastic neurons", arXiv:1308.3432 (straight-through estimator);
/// Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", CVPR 2018, arXiv:1712.05877 (fake quantisation).</remarks>
/// <param name="graph">The network.</param>
/// <param name="bits">Bits of a weight with its sign, 2 to 16.</param>
internal sealed class FakeQuantization(NetworkGraph graph, int bits)
{
    /// <summary>Puts rounded tensors in the place of the learned ones.</summary>
    /// <param name="learned">The learned tensors by name.</param>
    /// <param name="weights">Their present values.</param>
    /// <param name="used">What the network computes with; weights and biases are replaced.</param>
    public void Apply(IReadOnlyDictionary<string, Parameter> learned, IReadOnlyDictionary<string, WeightTensor> weights, Dictionary<string, Tensor> used)
    {
        foreach ((string node, RoundedLayer layer) in RoundedNetwork.Of(graph, weights, bits).Layers)
        {
            (string weight, string? bias) = RoundedNetwork.Names(graph[node]);
            used[weight] = StraightThrough.Apply(learned[weight], layer.Weights, Passes(weights[weight].Values, layer.Steps));
            if (bias is not null)
            {
                float[] rounded = layer.Bias, all = new float[rounded.Length];
                all.AsSpan().Fill(1f);
                used[bias] = StraightThrough.Apply(learned[bias], rounded, all);
            }
        }
    }

    /// <summary>1 where |w/s| ≤ Q, else 0.</summary>
    private float[] Passes(float[] weights, double[] steps)
    {
        int largest = SymmetricQuantization.Largest(bits);
        return [.. weights.Zip(steps, (w, step) => Math.Abs(w / step) <= largest ? 1f : 0f)];
    }
}
