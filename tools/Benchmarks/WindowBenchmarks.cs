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
    public int ReadEncode() => WholeRecording.ToFrames(_rectified, WindowUs, _encoder, _values);

    /// <summary>Windows alone.</summary>
    [Benchmark]
    public long ReadRectify() => WholeRecording.ToWindows(_rectifying, WindowUs);

    /// <summary>The whole way.</summary>
    [Benchmark]
    public int ReadRectifyEncode() => WholeRecording.ToFrames(_rectifying, WindowUs, _encoder, _values);
}
