using BenchmarkDotNet.Attributes;
using StereoSpike.Ingest;

namespace StereoSpike.Benchmarks;

/// <summary>Every encoder on the same window of 346×260 px and 50 ms; the ratio is to the histogram.</summary>
public class EncoderBenchmarks
{
    private static readonly SensorSize Sensor = new(346, 260);
    private static readonly TimeWindow Window = new(0, 50_000);

    private readonly IStereoEncoder _histogram = EncoderCatalogue.Create("histogram");
    private readonly IStereoEncoder _voxel = EncoderCatalogue.Create("voxel");
    private readonly IStereoEncoder _timeSurface = EncoderCatalogue.Create("time-surface");
    private readonly IStereoEncoder _coincidence = EncoderCatalogue.Create("coincidence");
    private readonly float[] _values = new float[64 * Sensor.Pixels];
    private StereoWindow _window;

    /// <summary>Events a window, both cameras: 2 % and 67 % of the pixels active.</summary>
    [Params(2_000, 200_000)]
    public int Events { get; set; }

    /// <summary>Makes the window.</summary>
    [GlobalSetup]
    public void MakeWindow() => _window = new StereoWindow(
        Window, Sensor, SyntheticEvents.Scattered(Sensor, Window, Events / 2, 1), SyntheticEvents.Scattered(Sensor, Window, Events / 2, 2));

    /// <summary>Four channels of counts.</summary>
    [Benchmark(Baseline = true)]
    public void Histogram() => Encode(_histogram);

    /// <summary>Five bins a camera.</summary>
    [Benchmark]
    public void VoxelGrid() => Encode(_voxel);

    /// <summary>Four channels of exponentials.</summary>
    [Benchmark]
    public void TimeSurface() => Encode(_timeSurface);

    /// <summary>Four channels of counts and 32 disparities.</summary>
    [Benchmark]
    public void Coincidence() => Encode(_coincidence);

    private void Encode(IStereoEncoder encoder) => encoder.Encode(_window, _values.AsSpan(0, encoder.Channels * Sensor.Pixels));
}
