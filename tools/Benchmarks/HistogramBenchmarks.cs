using BenchmarkDotNet.Attributes;
using StereoSpike.Ingest;

namespace StereoSpike.Benchmarks;

/// <summary>The polarity histogram from events in memory: a window of 50 ms, both cameras, with the zeroing of the tensor.</summary>
public class HistogramBenchmarks
{
    private static readonly TimeWindow Window = new(0, 50_000);

    private readonly PolarityHistogramEncoder _encoder = new();
    private SensorSize _sensor;
    private StereoWindow _window;
    private float[] _values = [];
    private float[,,] _naive = new float[0, 0, 0];

    /// <summary>Where events fall.</summary>
    public enum Scene
    {
        /// <summary>A moving edge, as in a recording.</summary>
        Edge,

        /// <summary>Anywhere: the worst case for caches.</summary>
        Scattered,
    }

    /// <summary>Columns; 346 is DAVIS346 (260 rows), 1280 is Gen4 (720 rows).</summary>
    [Params(346, 1280)]
    public int Width { get; set; }

    /// <summary>Events a window, both cameras: 1,000 is box2's real rate, 1,000,000 is 20 M events/s.</summary>
    [Params(1_000, 100_000, 1_000_000)]
    public int Events { get; set; }

    /// <summary>Where events fall.</summary>
    [Params(Scene.Edge, Scene.Scattered)]
    public Scene Where { get; set; }

    /// <summary>Makes the window.</summary>
    [GlobalSetup]
    public void MakeWindow()
    {
        _sensor = new SensorSize(Width, Width == 346 ? 260 : 720);
        Func<SensorSize, TimeWindow, int, int, DvsEvent[]> make = Where == Scene.Edge ? SyntheticEvents.Edge : SyntheticEvents.Scattered;
        _window = new StereoWindow(Window, _sensor, make(_sensor, Window, Events / 2, 1), make(_sensor, Window, Events / 2, 2));
        _values = new float[_encoder.Channels * _sensor.Pixels];
        _naive = new float[_encoder.Channels, _sensor.Height, _sensor.Width];
    }

    /// <summary>The yardstick: what one writes first.</summary>
    [Benchmark(Baseline = true)]
    public void PlainLoop()
    {
        Array.Clear(_naive);
        foreach (Camera camera in (ReadOnlySpan<Camera>)[Camera.Left, Camera.Right])
        {
            foreach (DvsEvent e in _window.Events(camera).Span)
            {
                if (_window.Window.Contains(e.TimestampUs) && _sensor.Contains(e.X, e.Y))
                {
                    _naive[(2 * (int)camera) + (e.Polarity == Polarity.On ? 0 : 1), e.Y, e.X]++;
                }
            }
        }
    }

    /// <summary>The library's encoder.</summary>
    [Benchmark]
    public void Histogram() => _encoder.Encode(_window, _values);
}
