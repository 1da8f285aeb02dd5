namespace StereoSpike.Ingest.Tests;

/// <summary>A recording of given events; its depth at label i is i + 1 metres everywhere.</summary>
internal sealed class MemoryRecording : IStereoRecording
{
    private readonly IEventSequence _left;
    private readonly IEventSequence _right;

    public MemoryRecording(SensorSize sensor, DvsEvent[] left, DvsEvent[] right, RectificationMap? leftMap = null, RectificationMap? rightMap = null)
        : this(sensor, new EventArray(sensor, left), new EventArray(sensor, right), leftMap, rightMap)
    {
    }

    public MemoryRecording(SensorSize rig, IEventSequence left, IEventSequence right, RectificationMap? leftMap = null, RectificationMap? rightMap = null)
    {
        (_left, _right) = (left, right);
        Rig = new StereoRig { Name = "bench", Sensor = rig, FocalPx = 200, BaselineMetres = 0.1, CentreXPx = 2, CentreYPx = 2, LeftMap = leftMap, RightMap = rightMap };
    }

    public string Name => "walk.h5";

    public StereoRig Rig { get; }

    public long OriginUs => 0;

    public TimeWindow Span { get; init; } = new(0, 1_000);

    public IReadOnlyList<long> LabelTimesUs { get; init; } = [];

    public bool TruthIsPerEvent => false;

    public long? TruthWindowUs => null;

    public IEventSequence Events(Camera camera) => camera == Camera.Left ? _left : _right;

    public bool HasDepth(Camera camera) => LabelTimesUs.Count > 0;

    public DepthMap ReadDepth(int label, Camera camera = Camera.Left) =>
        new(Rig.Sensor, [.. Enumerable.Repeat(label + 1f, Rig.Sensor.Pixels)]);

    public void Dispose()
    {
    }
}
