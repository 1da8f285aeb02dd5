using BenchmarkDotNet.Attributes;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Benchmarks;

/// <summary>Latency networks of S4NN's and BS4NN's sizes, a thousand images an operation, on one thread: what an epoch and an answer cost.</summary>
/// <remarks>MNIST's first images where STEREOSPIKE_DATA names a folder with <c>mnist</c>, else seeded blobs of about as many bright pixels. The networks learn them twice before anything is measured.</remarks>
public class LatencyBenchmarks
{
    private const int Images = 1000, Together = 50;
    private readonly ushort[] _times = new ushort[784];
    private readonly TimedSpike[] _spikes = new TimedSpike[784];
    private readonly LatencyEncoder _encoder = new(256);
    private readonly SpikeOrder _order = new(256);
    private readonly TtfsNetwork _convolutions = new(new TtfsSettings(), Together);
    private LabelledImages _images = Blobs();
    private EncodedImages _encoded = EncodedImages.From(Blobs(), 256);
    private S4nnRule _rule = new S4nnRule(new LatencySettings(), new LatencyTrainingSettings());
    private LatencyNetwork _real = new S4nnRule(new LatencySettings(), new LatencyTrainingSettings()).Network;
    private LatencyNetwork _binary = new S4nnRule(new LatencySettings(), new LatencyTrainingSettings()).Network;

    /// <summary>Loads or draws the images, and lets both networks learn them.</summary>
    [GlobalSetup]
    public void Learn()
    {
        string folder = Path.Combine(Environment.GetEnvironmentVariable("STEREOSPIKE_DATA") ?? "", "mnist");
        _images = Directory.Exists(folder) ? LabelledImages.Load(folder, ImageSplit.Train).Part(0, Images) : Blobs();
        _encoded = EncodedImages.From(_images, 256);
        _real = Learned(LatencyMethod.S4nn);
        _binary = Learned(LatencyMethod.Bs4nn);
        Show(0);
        TtfsStart.Draw(_convolutions, Together, 0.5f, seed: 1);
        (LatencySettings network, LatencyTrainingSettings training) = LatencyPresets.For(LatencyMethod.S4nn);
        _rule = new S4nnRule(network, training);
    }

    /// <summary>S4NN's rule: a sixtieth of an MNIST epoch.</summary>
    [Benchmark]
    public int LearnS4nn()
    {
        int learned = 0;
        for (int i = 0; i < Images; i++)
        {
            learned += _rule.Learn(_encoded.Spikes(i), _encoded.Label(i), 0.2f) ? 1 : 0;
        }

        return learned;
    }

    /// <summary>Pixels to answer, real weights, stopping at the first output spike.</summary>
    [Benchmark(Baseline = true)]
    public int DecideS4nn() => Decide(_real);

    /// <summary>Pixels to answer, hidden weights of one bit.</summary>
    [Benchmark]
    public int DecideBs4nn() => Decide(_binary);

    /// <summary>Pixels to answer, two convolutions and a fully connected layer of neurons that fire once, 50 images at a time.</summary>
    [Benchmark]
    public int DecideTtfs()
    {
        int right = 0;
        for (int first = 0; first < Images; first += Together)
        {
            Show(first);
            for (int i = 0; i < Together; i++)
            {
                right += TemporalDecoding.DecideEarly(_convolutions, i).Includes(_images.Labels[first + i]) ? 1 : 0;
            }
        }

        return right;
    }

    /// <summary>The same with loss and gradients: what learning costs, but for the step of the weights.</summary>
    [Benchmark]
    public double LearnTtfs()
    {
        double loss = 0;
        for (int first = 0; first < Images; first += Together)
        {
            Show(first);
            for (int i = 0; i < Together; i++)
            {
                loss += CrossEntropy.Loss(_convolutions.Potentials(i), _images.Labels[first + i], 0f, 1f / Together, _convolutions.Errors(i));
            }

            _convolutions.Backward(Together);
        }

        return loss;
    }

    private void Show(int first)
    {
        var encoder = new LatencyEncoder(_convolutions.Settings.Steps);
        for (int i = 0; i < Together; i++)
        {
            encoder.Encode(_images.Image(first + i), _times);
            _convolutions.Show(i, _times);
        }

        _convolutions.Forward(Together);
    }

    private int Decide(LatencyNetwork network)
    {
        int right = 0;
        for (int i = 0; i < Images; i++)
        {
            _encoder.Encode(_images.Image(i), _times);
            right += network.Decide(_spikes.AsSpan(0, _order.Sort(_times, _spikes))).Includes(_images.Labels[i]) ? 1 : 0;
        }

        return right;
    }

    private LatencyNetwork Learned(LatencyMethod method)
    {
        (LatencySettings network, LatencyTrainingSettings training) = LatencyPresets.For(method);
        ILatencyRule rule = method == LatencyMethod.S4nn ? new S4nnRule(network, training) : new Bs4nnRule(network, training);
        for (int n = 0; n < 2 * Images; n++)
        {
            rule.Learn(_encoded.Spikes(n % Images), _encoded.Label(n % Images), training.LearningRate);
        }

        return new LatencyWeights(rule.ExportSettings(), rule.Export(), new Dictionary<string, string>()).Network();
    }

    /// <summary>Ten classes: a bright blob of 12×12 px at one of ten places.</summary>
    private static LabelledImages Blobs()
    {
        var random = new Random(1);
        byte[] pixels = new byte[Images * 784], labels = new byte[Images];
        for (int n = 0; n < Images; n++)
        {
            labels[n] = (byte)random.Next(10);
            int left = 8 * (labels[n] % 3), top = 5 * (labels[n] / 3);
            for (int i = 0; i < 144; i++)
            {
                pixels[(784 * n) + (28 * (top + (i / 12))) + left + (i % 12)] = (byte)random.Next(1, 256);
            }
        }

        return new LabelledImages(pixels, labels, 28, 28);
    }
}
