using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>How busy each layer of neurons and each sum of layers is: share of elements that are not 0, and mean count.</summary>
/// <remarks>A neuron's share is its firing rate, measured before any sum. A sum's share and count are what the next convolution reads, and so what an event-driven engine has to add.</remarks>
public sealed class LayerActivity
{
    private readonly NetworkGraph _graph;
    private readonly Dictionary<string, (double Active, double Count)> _sums = [];
    private long _samples;

    /// <summary>Starts counting for a network.</summary>
    public LayerActivity(NetworkGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _graph = graph;
    }

    /// <summary>What was counted, in the network's order; empty before the first run.</summary>
    public IReadOnlyList<LayerFigures> Figures =>
    [
        .. _graph.Nodes.Where(node => _sums.ContainsKey(node.Name)).Select(node => new LayerFigures(
            node.Name, node.Operation is FiringOperation, node.Shape.Count,
            _sums[node.Name].Active / _samples / node.Shape.Count, _sums[node.Name].Count / _samples / node.Shape.Count)),
    ];

    /// <summary>Counts one run; every sample of its batch weighs the same.</summary>
    public void Add(GraphRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        long batch = 0;
        foreach ((string name, Tensor spikes) in run.Spikes)
        {
            using DisposeScope scope = NewDisposeScope();
            (double active, double count) = _sums.GetValueOrDefault(name);
            _sums[name] = (active + spikes.count_nonzero().item<long>(), count + spikes.sum(ScalarType.Float64).item<double>());
            batch = spikes.shape[0];
        }

        _samples += batch;
    }
}
