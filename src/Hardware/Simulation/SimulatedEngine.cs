using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>The integer network run event by event, as a chip would: the engine behind <c>chip run</c> and <c>energy</c>. Needs no libtorch.</summary>
public sealed class SimulatedEngine : IDepthEngine
{
    private readonly int[] _input;

    /// <summary>Turns the network into integers and lays it out.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="settings">Bits; null for 8-bit weights.</param>
    /// <param name="source">What messages call the weights' origin, such as their file.</param>
    /// <exception cref="InvalidDataException">The tensors are not that network's, or its sums need more than 62 bits.</exception>
    public SimulatedEngine(StereoSpikeWeights weights, QuantizationSettings? settings = null, string source = "weights")
        : this((weights ?? throw new ArgumentNullException(nameof(weights))).Settings, IntegerProgram.Compile(StereoSpikeNetwork.Build(weights.Settings), weights.Tensors, settings ?? new QuantizationSettings(), source))
    {
    }

    /// <summary>Lays a network out that is in integers already.</summary>
    /// <param name="settings">The network.</param>
    /// <param name="program">The same in integers.</param>
    public SimulatedEngine(StereoSpikeSettings settings, IntegerProgram program)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(program);
        Settings = settings;
        Program = program;
        Network = new IntegerSimulation(Program);
        _input = new int[Program.Graph.Input.Shape.Count];
    }

    /// <inheritdoc/>
    public string Name => "chip";

    /// <inheritdoc/>
    public StereoSpikeSettings Settings { get; }

    /// <summary>The network in integers.</summary>
    public IntegerProgram Program { get; }

    /// <summary>The simulation, with what it counted.</summary>
    public IntegerSimulation Network { get; }

    /// <summary>Input values that were cut at <see cref="IntegerProgram.InputMaximum"/>.</summary>
    public long CutInputs { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> FiringRates => Program.Graph.FiringNodes.ToDictionary(node => node.Name, node => Fired(node) / ((double)Network.Steps * node.Shape.Count));

    /// <inheritdoc/>
    public double MeanFiringRate => Program.Graph.FiringNodes.Sum(Fired) / ((double)Network.Steps * Program.Graph.FiringNodes.Sum(node => (double)node.Shape.Count));

    /// <inheritdoc/>
    public void Run(SpikeFrame input, Span<float> potentials)
    {
        ArgumentNullException.ThrowIfNull(input);
        Guard.Length(potentials.Length, Settings.Sensor.Pixels, nameof(potentials));
        CutInputs += Program.QuantizeInput(input.Values, _input);
        Network.Rest();
        Network.Step(_input);
        double unit = Program[StereoSpikeNetwork.Readout].Scale[0];
        long[] read = Network.Readouts(StereoSpikeNetwork.Readout)[^1];
        for (int i = 0; i < read.Length; i++)
        {
            potentials[i] = (float)(read[i] * unit);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private long Fired(GraphNode node) => Network.Activity[node.Name].Fired;
}
