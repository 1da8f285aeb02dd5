using System.Numerics;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Adam with decoupled weight decay, on a single-spike network's own arrays.</summary>
/// <remarks>Kingma and Ba, ICLR 2015 (arXiv:1412.6980); Loshchilov and Hutter, ICLR 2019 (arXiv:1711.05101), for the decay; β₁ = 0.9, β₂ = 0.999, ε = 1e-8:
/// <code>
/// m ← β₁·m + (1 − β₁)·g        v ← β₂·v + (1 − β₂)·g²
/// w ← w − lr·λ·w − lr · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)        λ = 0 for biases
/// </code></remarks>
internal sealed class TtfsAdam
{
    private const float Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;
    private readonly List<(float[] Values, float[] Gradients, float[] M, float[] V, float Decay)> _tensors = [];
    private int _steps;

    public TtfsAdam(TtfsNetwork network, float decay)
    {
        foreach (RampLayer layer in network.Layers)
        {
            _tensors.Add((layer.Weights, layer.WeightGradients, new float[layer.Weights.Length], new float[layer.Weights.Length], decay));
            _tensors.Add((layer.Bias, layer.BiasGradients, new float[layer.Bias.Length], new float[layer.Bias.Length], 0f));
        }
    }

    public void Step(double learningRate)
    {
        _steps++;
        float scale = (float)(learningRate / (1 - Math.Pow(Beta1, _steps))), second = (float)(1 / (1 - Math.Pow(Beta2, _steps)));
        foreach ((float[] values, float[] gradients, float[] m, float[] v, float decay) in _tensors)
        {
            float keep = 1f - (float)(learningRate * decay);
            for (int i = 0; i < values.Length; i += Vector<float>.Count)   // all lengths are multiples of 16
            {
                var g = new Vector<float>(gradients, i);
                Vector<float> first = (new Vector<float>(m, i) * Beta1) + (g * (1f - Beta1)), square = (new Vector<float>(v, i) * Beta2) + (g * g * (1f - Beta2));
                first.CopyTo(m, i);
                square.CopyTo(v, i);
                Vector<float> step = first * scale / (Vector.SquareRoot(square * second) + new Vector<float>(Epsilon));
                ((new Vector<float>(values, i) * keep) - step).CopyTo(values, i);
            }
        }
    }
}
