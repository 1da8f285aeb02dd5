using System.Diagnostics;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Runs a frame: shape [C,H,W] to a potential a pixel, [H,W].</summary>
internal delegate void FrameRunner(SpikeFrame input, Span<float> potentials);

/// <summary>Times an engine on a drawn network of which every layer fires at a wanted rate.</summary>
/// <remarks>The same network and frame every time: what is measured is the engine, not the data. A few frames warm up and do not count.</remarks>
public sealed class EngineBench
{
    private const int WarmUpFrames = 5;

    private EngineBench(StereoSpikeSettings settings, SpikeFrame input, StereoSpikeWeights weights)
    {
        Settings = settings;
        Input = input;
        Weights = weights;
    }

    /// <summary>The network's shape.</summary>
    public StereoSpikeSettings Settings { get; }

    /// <summary>The frame.</summary>
    public SpikeFrame Input { get; }

    /// <summary>The network.</summary>
    public StereoSpikeWeights Weights { get; }

    /// <summary>Draws the frame and the network.</summary>
    /// <param name="settings">The network's shape.</param>
    /// <param name="rate">Share of the input's elements that are 1, and of each layer's neurons that fire; between 0 and 1.</param>
    /// <param name="seed">Seed of both.</param>
    /// <exception cref="InvalidDataException">A layer cannot be made to fire at that rate.</exception>
    public static EngineBench Draw(StereoSpikeSettings settings, double rate, int seed)
    {
        SpikeFrame input = SyntheticNetwork.Frame(settings, rate, seed);
        return new EngineBench(settings, input, SyntheticNetwork.Draw(settings, input, rate, seed));
    }

    /// <summary>Events an element of what each layer reads: a sum of spikes counts each of its terms, so it reaches 3.</summary>
    /// <returns>By the name of the node that is read.</returns>
    public IReadOnlyDictionary<string, double> InputDensities()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(Settings);
        using var engine = new EventEngine(Weights);
        EngineTrace trace = engine.Trace(Input.Values);
        return graph.Nodes.Where(node => node.Operation is InputOperation or FiringOperation or AddOperation)
            .Where(node => graph.Consumers[node.Name].Any(reader => reader.Operation is not AddOperation))
            .ToDictionary(node => node.Name, node => (node.Operation is InputOperation ? Input.Values : trace.Values[node.Name]).Average(value => (double)value));
    }

    /// <summary>Runs frames one after another.</summary>
    /// <param name="engine">An engine around <see cref="Weights"/>.</param>
    /// <param name="frames">How many, at least 1.</param>
    /// <param name="cancellation">Stops between two frames.</param>
    /// <returns>How long each took, and the processor time of all threads a frame, ms.</returns>
    public (StageTimes Frames, double ProcessorMs) Run(IDepthEngine engine, int frames, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Run(engine.Run, frames, cancellation);
    }

    /// <summary>The same for what is no engine of ours.</summary>
    internal (StageTimes Frames, double ProcessorMs) Run(FrameRunner run, int frames, CancellationToken cancellation)
    {
        Guard.AtLeast(frames, 1);
        var potentials = new float[Settings.Sensor.Pixels];
        for (int i = 0; i < WarmUpFrames; i++)
        {
            run(Input, potentials);
        }

        var times = new StageTimes();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < frames; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            run(Input, potentials);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (times, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / frames);
    }

    /// <summary>How long each step of the network takes, ms, the median of some frames.</summary>
    /// <param name="engine">An engine around <see cref="Weights"/>.</param>
    /// <param name="frames">How many, at least 1.</param>
    /// <returns>In the network's order, each step by its last node.</returns>
    public IReadOnlyList<(string Layer, double Milliseconds)> LayerTimes(EventEngine engine, int frames)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Guard.AtLeast(frames, 1);
        var potentials = new float[Settings.Sensor.Pixels];
        var times = new Dictionary<string, List<double>>();
        for (int i = 0; i < frames; i++)
        {
            engine.Run(Input, potentials);
            foreach ((string layer, TimeSpan time) in engine.LayerTimes)
            {
                times.TryAdd(layer, []);
                times[layer].Add(time.TotalMilliseconds);
            }
        }

        return [.. times.Select(pair => (pair.Key, pair.Value.Order().ElementAt(frames / 2)))];
    }
}
