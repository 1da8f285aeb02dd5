using BenchmarkDotNet.Attributes;
using StereoSpike.Hardware;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Benchmarks;

/// <summary>A frame of 346×260 px through the full network, all channels, two threads: the event engine in floats and in integers, ONNX Runtime, TorchSharp. <c>stereospike bench compare</c> has more.</summary>
public class EngineBenchmarks
{
    private const int Threads = 2;
    private IDepthEngine _engine = null!;
    private SpikeFrame _input = null!;
    private float[] _potentials = [];

    /// <summary>What is timed.</summary>
    [Params("event", "event-int8", "onnx", "torch")]
    public string Engine { get; set; } = "event";

    /// <summary>Which network.</summary>
    [Params(ConvolutionKind.Dense, ConvolutionKind.Separable)]
    public ConvolutionKind Kind { get; set; }

    /// <summary>Share of the neurons that fire.</summary>
    [Params(0.02, 0.05, 0.1, 0.2, 0.4)]
    public double Firing { get; set; }

    /// <summary>Draws the network and makes the engine.</summary>
    [GlobalSetup]
    public void Start()
    {
        if (Engine == "torch")
        {
            LibTorch.EnsureLoaded();
            TorchSharp.torch.set_num_threads(Threads);
        }

        EngineBench bench = EngineBench.Draw(new StereoSpikeSettings { Kind = Kind }, Firing, seed: 1);
        bool integers = Engine == "event-int8";
        _engine = EngineCatalogue.Make(integers ? "event" : Engine, bench.Weights, Threads, integers: integers ? new QuantizationSettings() : null);
        _input = bench.Input;
        _potentials = new float[bench.Settings.Sensor.Pixels];
    }

    /// <summary>A frame.</summary>
    [Benchmark]
    public void Frame() => _engine.Run(_input, _potentials);

    /// <summary>Lets the engine go.</summary>
    [GlobalCleanup]
    public void Stop() => _engine.Dispose();
}
