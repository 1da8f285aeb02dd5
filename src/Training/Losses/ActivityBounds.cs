using StereoSpike.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>What a network pays for neurons that are too quiet and layers that are too loud over a sequence.</summary>
/// <remarks>With c the spikes of a neuron in a sample, summed over the firing layers:
/// <code>
/// lower   s_l · mean over samples and neurons of max(0, c_l - c)²            neuron by neuron
/// upper   s_u · mean over samples of max(0, mean over neurons of c - c_u)²    layer by layer
/// </code>
/// Source: stork's LowerBoundL2 and UpperBoundL2 (Rossbroich, Gygax, Zenke 2022, arXiv:2206.10226).</remarks>
public static class ActivityBounds
{
    /// <summary>Both bounds over all firing layers; 0-d.</summary>
    /// <param name="run">What the network did.</param>
    /// <param name="graph">The network.</param>
    /// <param name="bounds">Strengths and bounds.</param>
    public static Tensor Of(SequenceRun run, NetworkGraph graph, ActivityBoundSettings bounds)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(bounds);
        using DisposeScope scope = NewDisposeScope();
        Tensor total = zeros(1).squeeze();
        if (bounds.LowerStrength > 0 || bounds.UpperStrength > 0)
        {
            foreach (GraphNode layer in graph.FiringNodes)
            {
                Tensor counts = run.Spikes[layer.Name].sum(1).flatten(1);
                total = total
                    + (bounds.LowerStrength * (bounds.LowerSpikes - counts).clamp_min(0f).square().mean())
                    + (bounds.UpperStrength * (counts.mean([1]) - bounds.UpperSpikes).clamp_min(0f).square().mean());
            }
        }

        return total.MoveToOuterDisposeScope();
    }
}
