using StereoSpike.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>What a network pays for firing too much, and for not firing at all.</summary>
public static class ActivityLoss
{
    /// <summary>StereoSpike's quadratic spike penalty: Σ over the named tensors of Σ s² / (2·numel).</summary>
    /// <remarks>Rançon et al., arXiv:2109.13751, section III-E; its weight β is 0.5 there and gives less than 10 % firing for less than 3 cm.</remarks>
    public static Tensor Penalty(GraphRun run, IEnumerable<string> nodes)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Penalty(run, nodes.Where(run.Spikes.ContainsKey).ToDictionary(node => node, _ => 1f));
    }

    /// <summary>The same term with a weight for each tensor: Σ over the named tensors of β · Σ s² / (2·numel).</summary>
    /// <param name="run">What the network did.</param>
    /// <param name="weights">β by the tensor's name.</param>
    /// <exception cref="ArgumentException">The network has no such tensor of spikes.</exception>
    public static Tensor Penalty(GraphRun run, IReadOnlyDictionary<string, float> weights)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(weights);
        using DisposeScope scope = NewDisposeScope();
        Tensor total = zeros([]);
        foreach ((string node, float weight) in weights)
        {
            Tensor spikes = run.Spikes.TryGetValue(node, out Tensor? found)
                ? found
                : throw new ArgumentException($"layer_penalties: the network has no spikes called {node}; it has {string.Join(", ", run.Spikes.Keys)}.");
            total = total + (spikes.square().sum() * (weight / (2.0 * spikes.numel())));
        }

        return total.MoveToOuterDisposeScope();
    }

    /// <summary>The rate floor: Σ over the firing layers of max(0, floor − rate)/floor. Early in training it keeps decoders from falling silent, from where no gradient brings them back.</summary>
    /// <param name="run">What the network did.</param>
    /// <param name="graph">The network.</param>
    /// <param name="floor">Firing rate below which a layer pays, greater than 0, at most 1.</param>
    public static Tensor RateFloor(GraphRun run, NetworkGraph graph, float floor)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(graph);
        using DisposeScope scope = NewDisposeScope();
        Tensor total = zeros(1);
        foreach (GraphNode node in graph.FiringNodes)
        {
            total = total + (1f - (run.Spikes[node.Name].mean() / floor)).clamp_min(0f);
        }

        return total.squeeze().MoveToOuterDisposeScope();
    }

    /// <summary>The target rate: max(0, rate/target − 1), the rate being the mean over all neurons. Nothing is paid below the target.</summary>
    /// <param name="run">What the network did.</param>
    /// <param name="graph">The network.</param>
    /// <param name="target">Mean firing rate that costs nothing, greater than 0, at most 1.</param>
    /// <remarks>Unlike the quadratic penalty it says where to stop, and it also counts the encoder's neurons, which the paper's five tensors see only through the skips.</remarks>
    public static Tensor AboveTarget(GraphRun run, NetworkGraph graph, float target)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(graph);
        using DisposeScope scope = NewDisposeScope();
        Tensor fired = zeros(1);
        long neurons = 0;
        foreach (Tensor spikes in graph.FiringNodes.Select(node => run.Spikes[node.Name]))
        {
            fired = fired + spikes.sum();
            neurons += spikes.numel();
        }

        return neurons == 0
            ? fired.squeeze().MoveToOuterDisposeScope()   // an analog twin has no neurons
            : ((fired / (neurons * target)) - 1f).clamp_min(0f).squeeze().MoveToOuterDisposeScope();
    }
}
