using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>A simulated scene held in memory, read like any recording; it also knows what made each event.</summary>
public sealed class SimulatedRecording : IStereoRecording
{
    private readonly SimulationSettings _settings;
    private readonly Collector _content;
    private readonly EventArray _left;
    private readonly EventArray _right;
    private readonly float[] _leftDisparities;
    private readonly float[] _rightDisparities;

    private SimulatedRecording(string name, StereoRig rig, SimulationSettings settings, Collector content)
    {
        Name = name;
        Rig = rig;
        _settings = settings;
        _content = content;
        _left = new EventArray(rig.Sensor, content.Left.Events.ToArray());
        _right = new EventArray(rig.Sensor, content.Right.Events.ToArray());
        _leftDisparities = content.Left.DisparitiesPx.ToArray();
        _rightDisparities = content.Right.DisparitiesPx.ToArray();
        Span = SpanOf(_left.Span, _right.Span);
    }

    /// <summary>Simulates a scene.</summary>
    /// <inheritdoc cref="StereoSimulator.Run"/>
    public static SimulatedRecording Make(
        SimulatedScene scene, StereoRig rig, SimulationSettings settings, long durationUs,
        IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        var collector = new Collector();
        StereoSimulator.Run(scene, rig, settings, durationUs, collector, progress, cancellation);
        return new SimulatedRecording(scene.Name, rig, settings, collector);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <summary>Always 0: a simulation has no clock but its own.</summary>
    public long OriginUs => 0;

    /// <inheritdoc/>
    public TimeWindow Span { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> LabelTimesUs => _content.LabelTimesUs;

    /// <inheritdoc/>
    public bool TruthIsPerEvent => _settings.Truth == SimulatedTruth.PerEvent;

    /// <inheritdoc/>
    public long? TruthWindowUs => TruthIsPerEvent ? _settings.LabelPeriodUs : null;

    /// <summary>One camera's events as an array, with all of them at hand.</summary>
    public EventArray EventArray(Camera camera) => camera == Camera.Left ? _left : _right;

    /// <inheritdoc/>
    public IEventSequence Events(Camera camera) => EventArray(camera);

    /// <summary>The true disparity of what made each event, shape [E], px of the rectified view; NaN for noise.</summary>
    /// <remarks>An event of an outline has the nearer surface's, on whichever side of it the pixel's middle lies.</remarks>
    public ReadOnlySpan<float> DisparitiesPx(Camera camera) => camera == Camera.Left ? _leftDisparities : _rightDisparities;

    /// <summary>Whether an event was noise rather than light.</summary>
    /// <param name="camera">Whose event.</param>
    /// <param name="index">Which one.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such event.</exception>
    public bool IsNoise(Camera camera, int index) => float.IsNaN(DisparitiesPx(camera)[index]);

    /// <summary>Always true: both views are rendered.</summary>
    public bool HasDepth(Camera camera) => true;

    /// <inheritdoc/>
    public DepthMap ReadDepth(int label, Camera camera = Camera.Left) => (camera == Camera.Left ? _content.LeftDepths : _content.RightDepths)[label];

    /// <summary>The recording holds no resource.</summary>
    public void Dispose()
    {
    }

    private static TimeWindow SpanOf(ReadOnlySpan<DvsEvent> left, ReadOnlySpan<DvsEvent> right)
    {
        long first = long.MaxValue, last = long.MinValue;
        if (left.Length > 0)
        {
            (first, last) = (left[0].TimestampUs, left[^1].TimestampUs);
        }

        if (right.Length > 0)
        {
            (first, last) = (Math.Min(first, right[0].TimestampUs), Math.Max(last, right[^1].TimestampUs));
        }

        return last < first ? default : new TimeWindow(first, last + 1);
    }

    private sealed class Collector : ISimulationSink
    {
        public LabelledEvents Left { get; } = new();

        public LabelledEvents Right { get; } = new();

        public List<long> LabelTimesUs { get; } = [];

        public List<DepthMap> LeftDepths { get; } = [];

        public List<DepthMap> RightDepths { get; } = [];

        public void TakeEvents(Camera camera, ReadOnlySpan<DvsEvent> events, ReadOnlySpan<float> disparitiesPx) =>
            (camera == Camera.Left ? Left : Right).AddRange(events, disparitiesPx);

        public void Complete()
        {
        }

        public void TakeDepth(Camera camera, long timeUs, DepthMap depth)
        {
            if (camera == Camera.Left)
            {
                LabelTimesUs.Add(timeUs);
                LeftDepths.Add(depth);
            }
            else
            {
                RightDepths.Add(depth);
            }
        }
    }
}
