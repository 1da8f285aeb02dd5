using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Times engines side by side: the same weights, the same input, the same run.</summary>
/// <remarks>Engines take turns, several rounds of frames each, and each is told by its round of the lowest median: on a machine that others use too, the rest measures them.</remarks>
public static class EngineComparison
{
    /// <summary>What can be compared.</summary>
    public static IReadOnlyList<string> Engines { get; } = ["event", "event-int8", "onnx", "onnx-int8", "torch"];

    /// <summary>Times engines on one drawn network.</summary>
    /// <param name="bench">The network and its input.</param>
    /// <param name="engines">Some of <see cref="Engines"/>; torch takes the threads that libtorch was given.</param>
    /// <param name="threads">Threads of the others.</param>
    /// <param name="frames">Frames a round, at least 1.</param>
    /// <param name="rounds">Rounds, at least 1.</param>
    /// <param name="cancellation">Stops between two frames.</param>
    /// <exception cref="ArgumentException">There is no such engine.</exception>
    public static IReadOnlyList<EngineTime> Run(EngineBench bench, IReadOnlyList<string> engines, int threads, int frames, int rounds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bench);
        ArgumentNullException.ThrowIfNull(engines);
        var best = new EngineTime?[engines.Count];
        var running = new List<(FrameRunner Run, IDisposable Engine, long Bytes)>();
        try
        {
            foreach (string name in engines)
            {
                GC.Collect();
                long before = Environment.WorkingSet;
                (FrameRunner run, IDisposable engine) = Start(name, bench.Weights, threads);
                running.Add((run, engine, 0));
                run(bench.Input, new float[bench.Settings.Sensor.Pixels]);
                running[^1] = (run, engine, Math.Max(0, Environment.WorkingSet - before));
            }

            for (int round = 0; round < Guard.AtLeast(rounds, 1); round++)
            {
                for (int i = 0; i < running.Count; i++)
                {
                    (StageTimes times, double processorMs) = bench.Run(running[i].Run, frames, cancellation);
                    if (best[i] is not { } known || times.P50Ms < known.MedianMs)
                    {
                        best[i] = new EngineTime(engines[i], times.P50Ms, times.P99Ms, processorMs, running[i].Bytes / 1e6);
                    }
                }
            }
        }
        finally
        {
            running.ForEach(one => one.Engine.Dispose());
        }

        return [.. best.Select(time => time!.Value)];
    }

    private static (FrameRunner Run, IDisposable Engine) Start(string name, StereoSpikeWeights weights, int threads)
    {
        switch (name)
        {
            case "onnx":
                var floats = new OnnxModelEngine(OnnxExport.StereoSpike(weights, traced: false), weights.Settings, threads);
                return (floats.Run, floats);
            case "onnx-int8":
                var bytes = new OnnxModelEngine(OnnxQuantizedModel.Write(weights), weights.Settings, threads);
                return (bytes.Run, bytes);
            default:
                bool integers = name == "event-int8";
                IDepthEngine engine = EngineCatalogue.Make(integers ? "event" : name, weights, threads, integers: integers ? new QuantizationSettings() : null);
                return (engine.Run, engine);
        }
    }
}
