using BenchmarkDotNet.Attributes;
using StereoSpike.Ingest;

namespace StereoSpike.Benchmarks;

/// <summary>From a recording in memory to spike frames: search, copy, rectify, encode, over the whole of it in 50 ms windows.</summary>
public class WindowBenchmarks
{
    private const long WindowUs = 50_000;

    private readonly PolarityHistogramEncoder _encoder = new();
    private StereoWindowReader _rectifying = null!;
    private StereoWindowReader _rectified = null!;
    private float[] _values = [];

    /// <summary>Events of one second, both cameras.</summary>
    [Params(200_000, 5_000_000)]
    public int Events { get; set; }

    /// <summary>Makes the recordings.</summary>
    [GlobalSetup]
    public void MakeRecordings()
    {
        _rectifying = new StereoWindowReader(new SyntheticRecording(Events, 1_000_000, rectified: false));
        _rectified = new StereoWindowReader(new SyntheticRecording(Events, 1_000_000, rectified: true));
        _values = new float[_encoder.Channels * _rectified.Recording.Rig.Sensor.Pixels];
    }

    /// <summary>The yardstick: the same without rectification.</summary>
    [Benchmark(Baseline = true)]
    public void ReadEncode() => Run(_rectified, encode: true);

    /// <summary>Windows alone.</summary>
    [Benchmark]
    public void ReadRectify() => Run(_rectifying, encode: false);

    /// <summary>The whole way.</summary>
    [Benchmark]
    public void ReadRectifyEncode() => Run(_rectifying, encode: true);

    private void Run(StereoWindowReader reader, bool encode)
    {
        TimeWindow span = reader.Recording.Span;
        for (long startUs = span.StartUs; startUs < span.EndUs; startUs += WindowUs)
        {
            StereoWindow window = reader.Read(new TimeWindow(startUs, startUs + WindowUs));
            if (encode)
            {
                _encoder.Encode(window, _values);
            }
        }
    }
}
