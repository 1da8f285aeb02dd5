using StereoSpike.Ingest;

namespace StereoSpike.Benchmarks;

/// <summary>A seeded stereo recording in memory: 346×260 px, lens-like rectification of both cameras, labels at 20 Hz with every depth unknown.</summary>
internal sealed class SyntheticRecording : IStereoRecording
{
    private readonly EventArray _left;
    private readonly EventArray _right;

    /// <summary>Makes a recording.</summary>
    /// <param name="events">Events, both cameras together.</param>
    /// <param name="durationUs">Its length, µs.</param>
    /// <param name="rectified">Whether events are in rectified pixels already.</param>
    public SyntheticRecording(int events, long durationUs, bool rectified)
    {
        var sensor = new SensorSize(346, 260);
        Span = new TimeWindow(0, durationUs);
        Rig = new StereoRig
        {
            Name = "synthetic",
            Sensor = sensor,
            FocalPx = 200,
            BaselineMetres = 0.1,
            CentreXPx = 172.5,
            CentreYPx = 129.5,
            LeftMap = rectified ? null : Barrel(sensor, 2.5f),
            RightMap = rectified ? null : Barrel(sensor, -1.5f),
        };
        _left = new EventArray(sensor, SyntheticEvents.Scattered(sensor, Span, events / 2, 1));
        _right = new EventArray(sensor, SyntheticEvents.Scattered(sensor, Span, events - (events / 2), 2));
        LabelTimesUs = [.. WindowGrid.Cover(Span, 50_000).Select(window => window.EndUs)];
    }

    public string Name => "synthetic";

    public StereoRig Rig { get; }

    public long OriginUs => 0;

    public TimeWindow Span { get; }

    public IReadOnlyList<long> LabelTimesUs { get; }

    public bool TruthIsPerEvent => false;

    public long? TruthWindowUs => null;

    public IEventSequence Events(Camera camera) => camera == Camera.Left ? _left : _right;

    public bool HasDepth(Camera camera) => true;

    public DepthMap ReadDepth(int label, Camera camera = Camera.Left) => DepthMap.Unknown(Rig.Sensor);

    public void Dispose()
    {
    }

    /// <summary>A rectification that pushes pixels outwards with the square of their distance from the centre, so that corners leave the sensor.</summary>
    private static RectificationMap Barrel(SensorSize sensor, float shiftYPx)
    {
        float[] x = new float[sensor.Pixels], y = new float[sensor.Pixels];
        for (int i = 0; i < x.Length; i++)
        {
            float dx = (i % sensor.Width) - (sensor.Width / 2f), dy = (i / sensor.Width) - (sensor.Height / 2f);
            float stretch = 1 + (2e-6f * ((dx * dx) + (dy * dy)));
            x[i] = (sensor.Width / 2f) + (stretch * dx);
            y[i] = (sensor.Height / 2f) + (stretch * dy) + shiftYPx;
        }

        return new RectificationMap(sensor, x, y);
    }
}
