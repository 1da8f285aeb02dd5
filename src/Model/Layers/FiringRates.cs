using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>How often the neurons of each layer fire: share of a layer's neurons in a step, measured at the neuron, before any sum.</summary>
public sealed class FiringRates
{
    private readonly GraphNode[] _layers;
    private readonly double[] _sums;
    private long _samples;

    /// <summary>Starts counting for a network.</summary>
    public FiringRates(NetworkGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _layers = [.. graph.FiringNodes];
        _sums = new double[_layers.Length];
    }

    /// <summary>Rate of each firing layer, 0..1, in the network's order; NaN before the first run.</summary>
    public IReadOnlyDictionary<string, double> ByLayer => _layers.Select((layer, i) => (layer.Name, Rate: _sums[i] / _samples)).ToDictionary(pair => pair.Name, pair => pair.Rate);

    /// <summary>Rate of the network: the layers' rates, weighted by their neurons.</summary>
    public double Mean => _layers.Select((layer, i) => _sums[i] / _samples * layer.Shape.Count).Sum() / _layers.Sum(layer => (double)layer.Shape.Count);

    /// <summary>Rate of the quietest layer.</summary>
    public double Lowest => _sums.DefaultIfEmpty(double.NaN).Min() / _samples;

    /// <summary>Counts one run; every sample of its batch weighs the same.</summary>
    public void Add(GraphRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        long batch = 0;
        for (int i = 0; i < _layers.Length; i++)
        {
            batch = run.Spikes[_layers[i].Name].shape[0];
            Add(i, run.Spikes[_layers[i].Name]);
        }

        _samples += batch;
    }

    /// <summary>Counts the run of a sequence; every step of every sample weighs the same.</summary>
    public void Add(SequenceRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        long steps = 0;
        for (int i = 0; i < _layers.Length; i++)
        {
            Tensor spikes = run.Spikes[_layers[i].Name];
            steps = spikes.shape[0] * spikes.shape[1];
            Add(i, spikes);
        }

        _samples += steps;
    }

    private void Add(int layer, Tensor spikes)
    {
        using Tensor fired = spikes.count_nonzero();
        _sums[layer] += fired.item<long>() / (double)_layers[layer].Shape.Count;
    }
}
