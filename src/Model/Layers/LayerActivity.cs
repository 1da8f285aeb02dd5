using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>How busy each layer of neurons and each sum of layers is: share of elements that are not 0, and mean count.</summary>
/// <remarks>A neuron's share is its firing rate, measured before any sum. A sum's share and count are what the next convolution reads, and so what an event-driven engine has to add.</remarks>
public sealed class LayerActivity
{
    private readonly GraphNode[] _nodes;
    private readonly double[] _counts;   // of each node in turn: elements that are not 0, and their sum
    private long _samples;

    /// <summary>Starts counting for a network.</summary>
    public LayerActivity(NetworkGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _nodes = [.. graph.Nodes.Where(node => node.Operation is FiringOperation or AddOperation)];
        _counts = new double[2 * _nodes.Length];
    }

    /// <summary>Numbers that <see cref="Count"/> gives.</summary>
    public int Counts => _counts.Length;

    /// <summary>What was counted, in the network's order; empty before the first run.</summary>
    public IReadOnlyList<LayerFigures> Figures =>
    [
        .. _nodes.Take(_samples > 0 ? _nodes.Length : 0).Select((node, i) => new LayerFigures(
            node.Name, node.Operation is FiringOperation, node.Shape.Count, _counts[2 * i] / _samples / node.Shape.Count, _counts[(2 * i) + 1] / _samples / node.Shape.Count)),
    ];

    /// <summary>What one run comes to, to be added here or, sent there, on another machine.</summary>
    /// <returns>For each layer in the network's order: its elements that are not 0, and the sum of its elements.</returns>
    public double[] Count(GraphRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        double[] counts = new double[_counts.Length];
        for (int i = 0; i < _nodes.Length; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor spikes = run.Spikes[_nodes[i].Name];
            counts[2 * i] = spikes.count_nonzero().item<long>();
            counts[(2 * i) + 1] = spikes.sum(ScalarType.Float64).item<double>();
        }

        return counts;
    }

    /// <summary>Adds what <see cref="Count"/> gave.</summary>
    /// <param name="counts">Its numbers.</param>
    /// <param name="samples">Samples of that run's batch; every one weighs the same.</param>
    public void Add(ReadOnlySpan<double> counts, long samples)
    {
        Guard.Length(counts.Length, _counts.Length, nameof(counts));
        for (int i = 0; i < counts.Length; i++)
        {
            _counts[i] += counts[i];
        }

        _samples += samples;
    }
}
