using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>What a run of a <see cref="SeriesNetwork"/> leaves: for pictures, figures and the way back.</summary>
public sealed class SeriesTrace
{
    internal SeriesTrace(SeriesLayerTrace[] layers, int outputs)
    {
        Layers = layers;
        Scores = new float[outputs];
    }

    /// <summary>What each layer did; the outputs' comes last.</summary>
    public IReadOnlyList<SeriesLayerTrace> Layers { get; }

    /// <summary>A score an output, shape [K]: logits of classes, or what is predicted.</summary>
    public float[] Scores { get; }

    /// <summary>The output with the highest score.</summary>
    public int Decision => Array.IndexOf(Scores, Scores.Max());

    /// <summary>The decision's share of a softmax over the scores, 0..1.</summary>
    public double Confidence => 1 / Scores.Sum(score => Math.Exp(score - Scores.Max()));

    /// <summary>Share of a layer's neurons that were active at a step, mean over steps, 0..1.</summary>
    /// <param name="layer">Which, from 0.</param>
    public double Activity(int layer)
    {
        float[] output = Layers[layer].Output;
        return (output.Length - output.AsSpan().Count(0f)) / (double)output.Length;
    }
}
