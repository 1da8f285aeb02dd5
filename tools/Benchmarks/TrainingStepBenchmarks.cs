using BenchmarkDotNet.Attributes;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Benchmarks;

/// <summary>One training step of the whole network at 346×260, forward and backward of one sample: with our own convolution kernels, and with libtorch's alone.</summary>
public class TrainingStepBenchmarks : IDisposable
{
    private GraphModule? _plain, _own;
    private Tensor? _input;

    /// <summary>Dense (arXiv v2) or separable (journal).</summary>
    [Params(ConvolutionKind.Dense, ConvolutionKind.Separable)]
    public ConvolutionKind Kind { get; set; }

    /// <summary>Draws weights that make a tenth of the neurons fire.</summary>
    [GlobalSetup]
    public void Draw()
    {
        LibTorch.EnsureLoaded();
        set_num_threads(1);   // two OpenMP threads on two busy hyperthreads wait for each other
        var settings = new StereoSpikeSettings { Kind = Kind };
        NetworkGraph graph = StereoSpikeNetwork.Build(settings);
        _own = new GraphModule(graph, UniformInitialization.Draw(graph, seed: 1));
        _input = rand([1, 4, settings.Height, settings.Width], generator: new Generator(1)).gt(0.97f).to_type(ScalarType.Float32).DetachFromDisposeScope();
        RateScaling.Apply(_own, _input, _ => 0.1f);
        _plain = new GraphModule(graph, _own.ExportWeights(), plain: true);
    }

    /// <summary>The yardstick: libtorch carries every resize out and convolves the result.</summary>
    [Benchmark(Baseline = true)]
    public float Plain() => Step(_plain!);

    /// <summary>Resizes folded into convolutions, depthwise kernels of our own.</summary>
    [Benchmark]
    public float Own() => Step(_own!);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _plain?.Dispose();
        _own?.Dispose();
        _input?.Dispose();
        GC.SuppressFinalize(this);
    }

    private float Step(GraphModule module)
    {
        using DisposeScope scope = NewDisposeScope();
        module.zero_grad();
        using GraphRun run = module.Run(_input!);
        Tensor loss = run.Potentials[StereoSpikeNetwork.Readout].Select(depth => (depth - 1f).square().mean()).Aggregate((a, b) => a + b);
        loss.backward();
        return loss.item<float>();
    }
}
