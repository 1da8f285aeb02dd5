using Microsoft.ML.OnnxRuntime;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>The network as ONNX, run by ONNX Runtime on the processor. Needs no libtorch.</summary>
public sealed class OnnxEngine : ITracedEngine
{
    private readonly InferenceSession _session;
    private readonly NetworkGraph _graph;
    private readonly RunOptions _options = new();
    private readonly string[] _outputs;
    private readonly Dictionary<string, long> _fired;
    private long _runs;

    /// <summary>Exports the network and loads it.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="threads">Threads to compute with; 0 takes what the runtime likes best.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threads are less than 0.</exception>
    public OnnxEngine(StereoSpikeWeights weights, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Settings = weights.Settings;
        _graph = StereoSpikeNetwork.Build(Settings);
        using var options = new SessionOptions { IntraOpNumThreads = Guard.AtLeast(threads, 0), InterOpNumThreads = 1 };
        _session = new InferenceSession(OnnxExport.StereoSpike(weights, traced: true), options);
        _fired = _graph.FiringNodes.ToDictionary(node => node.Name, _ => 0L);
        _outputs = [StereoSpikeNetwork.Readout, .. _fired.Keys];
    }

    /// <inheritdoc/>
    public string Name => "onnx";

    /// <inheritdoc/>
    public StereoSpikeSettings Settings { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> FiringRates => _fired.ToDictionary(pair => pair.Key, pair => pair.Value / ((double)_runs * _graph[pair.Key].Shape.Count));

    /// <inheritdoc/>
    public double MeanFiringRate => _fired.Values.Sum() / ((double)_runs * _fired.Keys.Sum(node => (double)_graph[node].Shape.Count));

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

        using IDisposableReadOnlyCollection<OrtValue> answers = Answer(input.Values, _outputs);
        answers[0].GetTensorDataAsSpan<float>().CopyTo(potentials);
        foreach ((string node, OrtValue spikes) in _outputs.Zip(answers).Skip(1))
        {
            ReadOnlySpan<float> values = spikes.GetTensorDataAsSpan<float>();
            _fired[node] += values.Length - values.Count(0f);
        }

        _runs++;
    }

    /// <inheritdoc/>
    /// <remarks>The runtime runs the whole network at once, so no layer goes on with other spikes than its own.</remarks>
    public EngineTrace Trace(float[] input, Func<GraphNode, float[], float[], float[]?>? afterFiring = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        Guard.Length(input.Length, _graph.Input.Shape.Count, nameof(input));
        string[] outputs = [.. _session.OutputMetadata.Keys];
        using IDisposableReadOnlyCollection<OrtValue> answers = Answer(input, outputs);
        Dictionary<string, float[]> values = outputs.Zip(answers).ToDictionary(pair => pair.First, pair => pair.Second.GetTensorDataAsSpan<float>().ToArray());
        foreach (GraphNode node in _graph.FiringNodes)
        {
            afterFiring?.Invoke(node, values[$"{node.Name}.charged"], values[node.Name]);
        }

        int heads = _graph[StereoSpikeNetwork.Readout].Inputs.Count;
        return new EngineTrace(values, [.. Enumerable.Range(0, heads).Select(i => values[i == heads - 1 ? StereoSpikeNetwork.Readout : $"{StereoSpikeNetwork.Readout}.after.{i}"])]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> Answer(float[] input, string[] outputs)
    {
        FeatureShape shape = _graph.Input.Shape;
        using OrtValue given = OrtValue.CreateTensorValueFromMemory(input, [1, shape.Channels, shape.Height, shape.Width]);
        return _session.Run(_options, [_graph.Input.Name], [given], outputs);
    }
}
