using BenchmarkDotNet.Attributes;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Benchmarks;

/// <summary>The network for spoken digits: eight clips forwards and backwards through 64 steps on one thread, spike by spike on plain arrays, and with TorchSharp's operations step by step.</summary>
/// <remarks>Seeded inputs, half of which are 0 as in padded clips; thresholds raised until about a tenth of the neurons fires at a step, as while learning.</remarks>
public class SeriesBenchmarks
{
    private const int Clips = 8, Steps = 64, Bands = 40, Classes = 10;
    private readonly SeriesNetwork _network = Network();
    private readonly float[] _input = Input();
    private readonly float[] _scoreGradient = [.. Enumerable.Range(0, Classes).Select(k => k == 0 ? -0.9f : 0.1f)];
    private readonly float[][] _gradients;
    private readonly SeriesTrace _trace;
    private Tensor? _batch;
    private Tensor[] _learned = [];

    /// <summary>Prepares buffers.</summary>
    public SeriesBenchmarks()
    {
        _trace = _network.Trace();
        _gradients = [.. _network.Parameters.Select(parameter => new float[parameter.Values.Length])];
    }

    /// <summary>The same weights as tensors.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        LibTorch.EnsureLoaded();
        set_num_threads(1);
        _batch = tensor(_input, [1, Steps, Bands, 3]).repeat(Clips, 1, 1, 1).permute(0, 3, 1, 2).contiguous();
        _learned = [.. _network.Parameters.Select(parameter => tensor(parameter.Values, [.. parameter.Shape.Select(side => (long)side)], requires_grad: true))];
    }

    /// <summary>Forwards and backwards.</summary>
    [Benchmark]
    public float LearnOnPlainArrays()
    {
        for (int clip = 0; clip < Clips; clip++)
        {
            _network.Forward(_input, _trace);
            _network.Backward(_input, _trace, _scoreGradient, 0f, 0f, _gradients);
        }

        return _gradients[0][0];
    }

    /// <summary>The same equations: one convolution a layer for the whole sequence, then neurons step by step, differentiated by libtorch.</summary>
    [Benchmark(Baseline = true)]
    public float LearnStepByStep()
    {
        bool paused = GC.TryStartNoGCRegion(64L << 20);   // TorchSharp's numbers must not be collected while libtorch reads them
        try
        {
            return StepByStep();
        }
        finally
        {
            if (paused && System.Runtime.GCSettings.LatencyMode == System.Runtime.GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }
        }
    }

    /// <summary>Forwards only: eight clips of 0.8 s.</summary>
    [Benchmark]
    public int RecogniseOnPlainArrays()
    {
        int decision = 0;
        for (int clip = 0; clip < Clips; clip++)
        {
            _network.Forward(_input, _trace);
            decision += _trace.Decision;
        }

        return decision;
    }

    private float StepByStep()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = _batch!;
        for (int layer = 0; layer < 3; layer++)
        {
            SeriesLayerSettings settings = _network.Settings.Layers[layer];
            x = Layer(x, _learned[3 * layer], _learned[(3 * layer) + 1], _learned[(3 * layer) + 2], settings.Kernel);
        }

        Tensor w = _learned[9].reshape(Bands * 16, Classes), frames = x.permute(0, 2, 3, 1).reshape(Clips, Steps, Bands * 16);
        Tensor scores = (frames.matmul(w) / (w.pow(2f).sum([0]) + 1e-8f)).mean([1]) - _learned[11];
        nn.functional.cross_entropy(scores, zeros(Clips, ScalarType.Int64)).backward();
        return scores[0, 0].item<float>();
    }

    private static Tensor Layer(Tensor x, Tensor weight, Tensor beta, Tensor theta, TemporalKernel kernel)
    {
        long reachSteps = (kernel.Steps - 1) * kernel.StepDilation, reachBands = (kernel.Bands - 1) * kernel.BandDilation;
        Tensor padded = nn.functional.pad(x, [reachBands / 2, reachBands - (reachBands / 2), reachSteps / 2, reachSteps - (reachSteps / 2)]);
        Tensor current = nn.functional.conv2d(padded, weight.permute(3, 2, 0, 1), dilation: [kernel.StepDilation, kernel.BandDilation]);
        Tensor drive = current / (weight.pow(2f).sum([0, 1, 2]) + 1e-8f).reshape(1, 16, 1, 1), threshold = theta.reshape(1, 16, 1);
        Tensor u = zeros(Clips, 16, Bands), s = zeros(Clips, 16, Bands);
        var outputs = new List<Tensor>();
        for (int t = 0; t < Steps; t++)
        {
            u = (beta * (u - (threshold * s))) + ((1f - beta) * drive[TensorIndex.Colon, TensorIndex.Colon, t]);
            Tensor m = u - threshold, sigma = (m * 10f).sigmoid(), slope = (sigma * (1f - sigma) * 10f).detach(), line = m * slope;
            s = m.gt(0f).to_type(ScalarType.Float32) + line - line.detach();   // the step forwards, the surrogate backwards
            outputs.Add(s);
        }

        return stack(outputs, 2);
    }

    private static SeriesNetwork Network()
    {
        SeriesLayerSettings Layer(int steps, int bands) => new() { Kernel = new TemporalKernel { Steps = 4, Bands = 3, StepDilation = steps, BandDilation = bands } };
        var network = new SeriesNetwork(new SeriesSettings
        {
            Task = "audio",
            Steps = Steps,
            Bands = Bands,
            Inputs = 3,
            Outputs = [.. Enumerable.Range(0, Classes).Select(k => $"{k}")],
            Layers = [Layer(1, 1), Layer(4, 3), Layer(16, 9)],
        }, seed: 1);
        foreach (SeriesParameter parameter in network.Parameters.Where(parameter => parameter.Name is "layer1.threshold" or "layer2.threshold" or "layer3.threshold"))
        {
            Array.Fill(parameter.Values, parameter.Name == "layer1.threshold" ? 2.5f : 1.3f);
        }

        return network;
    }

    private static float[] Input()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Steps * Bands * 3).Select(_ => random.NextSingle() < 0.5f ? 0f : 3f * random.NextSingle())];
    }
}
