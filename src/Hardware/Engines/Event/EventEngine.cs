using System.Diagnostics;
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
    private readonly IEventProgram _program;
    private readonly WorkTeam _team;
    private readonly long[] _fired;
    private readonly IReadOnlyList<SpikeMap> _spikes;
    private long _runs;

    /// <summary>Compiles a network in floats.</summary>
    /// <param name="weights">The network; its tensors are copied.</param>
    /// <param name="threads">Threads to work with, the caller's included; 0 for one a processor.</param>
    /// <param name="source">What messages call the weights' origin, such as their file.</param>
    /// <exception cref="InvalidDataException">The tensors are not that network's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threads are less than 0.</exception>
    public EventEngine(StereoSpikeWeights weights, int threads = 0, string source = "weights")
        : this((weights ?? throw new ArgumentNullException(nameof(weights))).Settings, Floats(weights, source), threads)
    {
    }

    /// <summary>Compiles a network in integers, exact to the bit: it answers what <see cref="IntegerReference"/> answers.</summary>
    /// <param name="settings">The network.</param>
    /// <param name="program">The same in integers.</param>
    /// <param name="threads">Threads to work with, the caller's included; 0 for one a processor.</param>
    /// <exception cref="NotSupportedException">A sum could pass 32 bits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threads are less than 0.</exception>
    public EventEngine(StereoSpikeSettings settings, IntegerProgram program, int threads = 0)
        : this(settings, workers => EventProgram<int>.Compile(new IntegerNumbers(program ?? throw new ArgumentNullException(nameof(program)), Kernels<int>.Widest), workers), threads)
    {
    }

    private EventEngine(StereoSpikeSettings settings, Func<int, IEventProgram> compile, int threads)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        int workers = Guard.AtLeast(threads, 0) == 0 ? Environment.ProcessorCount : threads;
        _graph = StereoSpikeNetwork.Build(settings);
        _program = compile(workers);
        _team = new WorkTeam(workers);
        _spikes = _program.Spikes;
        _fired = new long[_spikes.Count];
    }

    /// <inheritdoc/>
    public string Name => "event";

    /// <inheritdoc/>
    public StereoSpikeSettings Settings { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> FiringRates =>
        _spikes.Select((map, i) => (map.Node, Rate: (double)_fired[i] / ((double)_runs * map.Shape.Count))).ToDictionary(pair => pair.Node, pair => pair.Rate);

    /// <inheritdoc/>
    public double MeanFiringRate => _fired.Sum() / ((double)_runs * _spikes.Sum(map => (double)map.Shape.Count));

    /// <summary>Steps of the network in their order, each named by its last node, and how long it took in the last run.</summary>
    public IReadOnlyList<(string Layer, TimeSpan Time)> LayerTimes => [.. _program.Times.Select(time => (time.Layer, Stopwatch.GetElapsedTime(0, time.Ticks)))];

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

    private static Func<int, IEventProgram> Floats(StereoSpikeWeights weights, string source)
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(weights.Settings);
        NetworkWeights.Check(graph, weights.Tensors, source);
        return workers => EventProgram<float>.Compile(new FloatNumbers(graph, weights.Tensors, Kernels<float>.Widest), workers);
    }

    private void Count()
    {
        for (int i = 0; i < _fired.Length; i++)
        {
            _fired[i] += _spikes[i].Fired;
        }

        _runs++;
    }
}
