using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>A network over a time series: spiking convolutions over time and bands, and outputs that are read.</summary>
/// <remarks>Learned arrays are shared by all threads that run it; what a run leaves lies in a <see cref="SeriesTrace"/>, one a thread.</remarks>
public sealed class SeriesNetwork
{
    private readonly SeriesLayer[] _layers;

    /// <summary>Draws a network.</summary>
    /// <param name="settings">Its shape.</param>
    /// <param name="seed">Of the weights.</param>
    public SeriesNetwork(SeriesSettings settings, int seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        var random = new Random(seed);
        var layers = new List<SeriesLayer>();
        int channels = settings.Inputs;
        for (int i = 0; i < settings.Layers.Count; i++)
        {
            layers.Add(new SeriesLayer($"layer{i + 1}", settings.Bands, channels, settings.Layers[i], random));
            channels = settings.Layers[i].Channels;
        }

        bool fires = settings.Readout is SeriesReadoutKind.Count or SeriesReadoutKind.First;
        layers.Add(new SeriesLayer("output", 1, settings.Bands * channels, new SeriesLayerSettings
        {
            Channels = settings.Outputs.Count,
            Neuron = fires ? SeriesNeuronKind.Spiking : SeriesNeuronKind.Integrating,
            InitialBeta = settings.ReadoutBeta,
            LearnBeta = settings.ReadoutBeta > 0f,
        }, random));
        _layers = [.. layers];
        Parameters = [.. layers.SelectMany(layer => layer.Parameters)];
    }

    /// <summary>Its shape.</summary>
    public SeriesSettings Settings { get; }

    /// <summary>All learned arrays, layer by layer.</summary>
    public IReadOnlyList<SeriesParameter> Parameters { get; }

    /// <summary>Number of learned values.</summary>
    public int Size => Parameters.Where(parameter => parameter.Learned).Sum(parameter => parameter.Values.Length);

    /// <summary>Layers, the outputs' included.</summary>
    internal int Depth => _layers.Length;

    /// <summary>Room for one sequence.</summary>
    public SeriesTrace Trace() => new([.. _layers.Select(layer => layer.Trace(Settings.Steps))], Settings.Outputs.Count);

    /// <summary>Runs a sequence.</summary>
    /// <param name="input">Shape [T,F,inputs].</param>
    /// <param name="trace">Receives what the layers did, and the scores.</param>
    /// <exception cref="ArgumentException">The input is of another length.</exception>
    public void Forward(ReadOnlySpan<float> input, SeriesTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Guard.Length(input.Length, Settings.Steps * Settings.InputWidth, nameof(input));
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i].Forward(i == 0 ? input : trace.Layers[i - 1].Output, trace.Layers[i]);
        }

        SeriesReadout.Read(Settings.Readout, trace.Layers[^1].Output, trace.Scores);
    }

    /// <summary>Goes back through the sequence that was run last.</summary>
    /// <param name="input">The same input.</param>
    /// <param name="trace">Its trace.</param>
    /// <param name="scoreGradient">Gradient of the scores, shape [K].</param>
    /// <param name="activityPenalty">λ: the loss has λ·Σ_l (l/L)·½·mean(s_l²) over the L spiking layers added, which charges deep layers more.</param>
    /// <param name="activityTarget">A layer in which no larger share of neurons fires is not charged, 0..1. The published penalty charges always (0); a large λ then silences a network before it learns.</param>
    /// <param name="gradients">Gradients are added here, one array a parameter in the order of <see cref="Parameters"/>.</param>
    public void Backward(ReadOnlySpan<float> input, SeriesTrace trace, ReadOnlySpan<float> scoreGradient, float activityPenalty, float activityTarget, float[][] gradients)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(gradients);
        SeriesReadout.Backward(Settings.Readout, trace.Layers[^1], scoreGradient);
        int at = gradients.Length, body = _layers.Length - 1;
        for (int i = body; i >= 0; i--)
        {
            int count = _layers[i].Parameters.Count;
            at -= count;
            _layers[i].Backward(i == 0 ? input : trace.Layers[i - 1].Output, trace.Layers[i], gradients.AsSpan(at, count), i == 0 ? [] : trace.Layers[i - 1].OutputGradient);
            if (i > 0 && activityPenalty > 0f && Settings.Layers[i - 1].Neuron == SeriesNeuronKind.Spiking && trace.Activity(i - 1) > activityTarget)
            {
                float[] spikes = trace.Layers[i - 1].Output, gradient = trace.Layers[i - 1].OutputGradient;
                Penalise(activityPenalty * i / body / spikes.Length, spikes, gradient);
            }
        }
    }

    private static void Penalise(float slope, float[] spikes, float[] gradient)
    {
        for (int i = 0; i < spikes.Length; i++)
        {
            gradient[i] += slope * spikes[i];
        }
    }
}
