using StereoSpike.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>What a network pays for firing too much, and for not firing at all.</summary>
public static class ActivityLoss
{
    /// <summary>StereoSpike's quadratic spike penalty: Σ over the named tensors of Σ s² / (2·numel).</summary>
    /// <remarks>Rançon et al., arXiv:2109.13751, section III-E; its weight β is 0.5 there and gives less than 10 % firing for less than 3 cm.</remarks>
    public static Tensor Penalty(GraphRun run, IEnumerable<string> nodes, Func<Tensor, Tensor>? sumOverBatch = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Penalty(run, nodes.Where(run.Spikes.ContainsKey).ToDictionary(node => node, _ => 1f), sumOverBatch);
    }

    /// <summary>The same term with a weight for each tensor: Σ over the named tensors of β · Σ s² / (2·numel).</summary>
    /// <param name="run">What the network did.</param>
    /// <param name="weights">β by the tensor's name.</param>
    /// <param name="sumOverBatch">If given, adds what other machines hold of the batch to sums over these samples, shape [K].</param>
    /// <exception cref="ArgumentException">The network has no such tensor of spikes.</exception>
    public static Tensor Penalty(GraphRun run, IReadOnlyDictionary<string, float> weights, Func<Tensor, Tensor>? sumOverBatch = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(weights);
        using DisposeScope scope = NewDisposeScope();
        Tensor means = Means(weights.Keys.Select(node => run.Spikes.TryGetValue(node, out Tensor? found)
            ? found
            : throw new ArgumentException($"layer_penalties: the network has no spikes called {node}; it has {string.Join(", ", run.Spikes.Keys)}.")), spikes => spikes.square(), sumOverBatch);
        return (means * tensor([.. weights.Values.Select(weight => weight / 2f)])).sum().MoveToOuterDisposeScope();
    }

    /// <summary>The rate floor: Σ over the firing layers of max(0, floor − rate)/floor. Early in training it keeps decoders from falling silent, from where no gradient brings them back.</summary>
    /// <param name="run">What the network did.</param>
    /// <param name="graph">The network.</param>
    /// <param name="floor">Firing rate below which a layer pays, greater than 0, at most 1.</param>
    /// <param name="sumOverBatch">If given, adds what other machines hold of the batch to sums over these samples, shape [K].</param>
    public static Tensor RateFloor(GraphRun run, NetworkGraph graph, float floor, Func<Tensor, Tensor>? sumOverBatch = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(graph);
        using DisposeScope scope = NewDisposeScope();
        Tensor rates = Means(graph.FiringNodes.Select(node => run.Spikes[node.Name]), spikes => spikes, sumOverBatch);
        return (1f - (rates / floor)).clamp_min(0f).sum().MoveToOuterDisposeScope();
    }

    /// <summary>The target rate: max(0, rate/target − 1), the rate being the mean over all neurons. Nothing is paid below the target.</summary>
    /// <param name="run">What the network did.</param>
    /// <param name="graph">The network.</param>
    /// <param name="target">Mean firing rate that costs nothing, greater than 0, at most 1.</param>
    /// <param name="sumOverBatch">If given, adds what other machines hold of the batch to sums over these samples, shape [K].</param>
    /// <remarks>Unlike the quadratic penalty it says where to stop, and it also counts the encoder's neurons, which the paper's five tensors see only through the skips.</remarks>
    public static Tensor AboveTarget(GraphRun run, NetworkGraph graph, float target, Func<Tensor, Tensor>? sumOverBatch = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(graph);
        using DisposeScope scope = NewDisposeScope();
        GraphNode[] layers = [.. graph.FiringNodes];
        if (layers.Length == 0)
        {
            return zeros([]).MoveToOuterDisposeScope();   // an analog twin has no neurons
        }

        Tensor rates = Means(layers.Select(node => run.Spikes[node.Name]), spikes => spikes, sumOverBatch);
        float neurons = layers.Sum(layer => (float)layer.Shape.Count);
        Tensor rate = (rates * tensor([.. layers.Select(layer => (float)layer.Shape.Count)])).sum() / neurons;
        return ((rate / target) - 1f).clamp_min(0f).MoveToOuterDisposeScope();
    }

    /// <summary>Mean over the elements of each tensor, in the whole batch.</summary>
    private static Tensor Means(IEnumerable<Tensor> spikes, Func<Tensor, Tensor> value, Func<Tensor, Tensor>? sumOverBatch)
    {
        Tensor[] all = [.. spikes];
        if (all.Length == 0)
        {
            return zeros(0);
        }

        // Sums over samples of each sample's mean, and the number of samples.
        Tensor sums = BatchSum.Of([.. all.Select(tensor => value(tensor).sum() / (tensor.numel() / tensor.shape[0])), tensor((float)all[0].shape[0])], sumOverBatch);
        return sums.narrow(0, 0, all.Length) / sums[all.Length];
    }
}
