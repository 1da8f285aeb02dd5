using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>The network run by events: work is done where a neuron fired, and what is dense is multiplied in wide vectors. Needs no libtorch.</summary>
/// <remarks>
/// The spikes of float mode are the reference's: sums are taken in another order, so a potential may differ in its last bits, and a spike only where one lies on its threshold.
/// Whatever the number of threads and the width of the vectors, the answer is the same to the bit. A run allocates nothing.
/// How it works, and what it costs: docs/performance.md.
/// </remarks>
public sealed class EventEngine : ITracedEngine
{
    private readonly NetworkGraph _graph;
    private readonly EventProgram _program;
    private readonly WorkTeam _team;
    private readonly long[] _fired;
    private readonly FiringRule[] _neurons;
    private long _runs;

    /// <summary>Compiles a network.</summary>
    /// <param name="weights">The network; its tensors are copied.</param>
    /// <param name="threads">Threads to work with, the caller's included; 0 for one a processor.</param>
    /// <param name="source">What messages call the weights' origin, such as their file.</param>
    /// <exception cref="InvalidDataException">The tensors are not that network's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threads are less than 0.</exception>
    public EventEngine(StereoSpikeWeights weights, int threads = 0, string source = "weights")
        : this(weights, LayerMaker.Widest, threads, source)
    {
    }

    internal EventEngine(StereoSpikeWeights weights, VectorWidth vectors, int threads = 0, string source = "weights")
    {
        ArgumentNullException.ThrowIfNull(weights);
        Settings = weights.Settings;
        _graph = StereoSpikeNetwork.Build(Settings);
        NetworkWeights.Check(_graph, weights.Tensors, source);
        int workers = Guard.AtLeast(threads, 0) == 0 ? Environment.ProcessorCount : threads;
        _program = EventProgram.Compile(_graph, weights.Tensors, vectors, workers);
        _team = new WorkTeam(workers);
        _neurons = [.. _program.Layers.Select(layer => layer.Neurons).OfType<FiringRule>()];
        _fired = new long[_neurons.Length];
    }

    /// <inheritdoc/>
    public string Name => "event";

    /// <inheritdoc/>
    public StereoSpikeSettings Settings { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> FiringRates =>
        _neurons.Select((neurons, i) => (neurons.Node.Name, Rate: (double)_fired[i] / ((double)_runs * neurons.Node.Shape.Count))).ToDictionary(pair => pair.Name, pair => pair.Rate);

    /// <inheritdoc/>
    public double MeanFiringRate => _fired.Sum() / ((double)_runs * _neurons.Sum(neurons => (double)neurons.Node.Shape.Count));

    /// <inheritdoc/>
    public void Run(SpikeFrame input, Span<float> potentials)
    {
        ArgumentNullException.ThrowIfNull(input);
        Guard.Length(potentials.Length, Settings.Sensor.Pixels, nameof(potentials));
        if (input.Sensor != Settings.Sensor || input.Channels != Settings.InputChannels)
        {
            throw new ArgumentException(
                $"The frame is [{input.Channels}, {input.Sensor.Height}, {input.Sensor.Width}] where the network takes [{Settings.InputChannels}, {Settings.Height}, {Settings.Width}].",
                nameof(input));
        }

        _program.Run(input.Values, _team);
        _program.PotentialsAfter(_program.Heads - 1).CopyTo(potentials);
        Count();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _team.Dispose();
        _program.Dispose();
    }

    /// <inheritdoc/>
    public EngineTrace Trace(float[] input, Func<GraphNode, float[], float[], float[]?>? afterFiring = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        Guard.Length(input.Length, _graph.Input.Shape.Count, nameof(input));
        var values = new Dictionary<string, float[]>();
        _program.Run(input, _team, (node, potentials, spikes) =>
        {
            float[]? replaced = afterFiring?.Invoke(node, potentials, spikes);
            values.Add(node.Name, replaced ?? spikes);
            return replaced;
        });
        foreach (GraphNode sum in _graph.Nodes.Where(node => node.Operation is AddOperation))
        {
            values.Add(sum.Name, [.. values[sum.Inputs[0]].Zip(values[sum.Inputs[1]], (first, second) => first + second)]);
        }

        Count();
        return new EngineTrace(values, [.. Enumerable.Range(0, _program.Heads).Select(head => _program.PotentialsAfter(head).ToArray())]);
    }

    private void Count()
    {
        for (int i = 0; i < _neurons.Length; i++)
        {
            _fired[i] += _neurons[i].Spikes.Fired;
        }

        _runs++;
    }
}
