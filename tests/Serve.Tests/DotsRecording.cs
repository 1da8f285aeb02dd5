using StereoSpike.Ingest;

namespace StereoSpike.Serve.Tests;

/// <summary>Dots that cross both cameras for a while, with a measured depth every 50 ms: 2 m everywhere, unknown in the first row.</summary>
internal sealed class DotsRecording : IStereoRecording
{
    public static readonly SensorSize Sensor = new(64, 48);
    private readonly EventArray _left;
    private readonly EventArray _right;

    public DotsRecording(double seconds = 1)
    {
        var random = new Random(4);
        DvsEvent[] left = [.. Enumerable.Range(0, (int)(seconds * 20_000)).Select(i => new DvsEvent(i * 50, (ushort)(10 + ((i / 40) % 20) + random.Next(20)), (ushort)(10 + random.Next(20)), (Polarity)(i & 1)))];
        (_left, _right) = (new EventArray(Sensor, left), new EventArray(Sensor, left.Select(e => e with { X = (ushort)(e.X - 5) }).ToArray()));
        Span = new TimeWindow(0, (long)(seconds * 1e6));
        LabelTimesUs = [.. Enumerable.Range(1, (int)(seconds * 20)).Select(i => i * 50_000L)];
    }

    public string Name => "dots";

    public StereoRig Rig { get; } = SimulatedRigs.Custom(Sensor, focalPx: 50, baselineMetres: 0.2);

    public long OriginUs => 0;

    public TimeWindow Span { get; }

    public IReadOnlyList<long> LabelTimesUs { get; }

    public bool TruthIsPerEvent => false;

    public long? TruthWindowUs => null;

    public IEventSequence Events(Camera camera) => camera == Camera.Left ? _left : _right;

    public bool HasDepth(Camera camera) => camera == Camera.Left;

    public DepthMap ReadDepth(int label, Camera camera = Camera.Left) => new(Sensor, [.. Enumerable.Range(0, Sensor.Pixels).Select(i => i < Sensor.Width ? float.NaN : 2f)]);

    public void Dispose()
    {
    }
}
