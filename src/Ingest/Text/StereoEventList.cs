namespace StereoSpike.Ingest;

/// <summary>A stereo recording held in memory: two cameras' events and, where the file has them, a disparity for each event.</summary>
/// <remarks>
/// Truth at a label at time t: the disparity d of the newest event of each pixel in [t − W, t), as depth = f·b/d.
/// Labels stand every <see cref="EventTextOptions.LabelIntervalUs"/>, the first at the first multiple that has W behind it.
/// </remarks>
public sealed class StereoEventList : IStereoRecording
{
    private readonly EventArray[] _events;
    private readonly DisparityTruth[]? _truth;
    private readonly long _truthWindowUs;

    /// <summary>Holds a recording.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="rig">The cameras.</param>
    /// <param name="originUs">The recording's zero on its own clock, µs.</param>
    /// <param name="left">The left camera's events, µs since the origin.</param>
    /// <param name="right">The right camera's events.</param>
    /// <exception cref="ArgumentException">A camera's events have another size than the rig.</exception>
    public StereoEventList(string name, StereoRig rig, long originUs, EventArray left, EventArray right)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(rig);
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Sensor != rig.Sensor || right.Sensor != rig.Sensor)
        {
            throw new ArgumentException($"The events are of sensors of {left.Sensor} and {right.Sensor} px where the rig has {rig.Sensor}.");
        }

        Name = name;
        Rig = rig;
        OriginUs = originUs;
        _events = [left, right];
        Span = SpanOf(left.Span, right.Span);
        LabelTimesUs = [];
    }

    /// <summary>Holds a recording whose events have disparities.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="rig">The cameras.</param>
    /// <param name="originUs">The recording's zero on its own clock, µs.</param>
    /// <param name="left">The left camera's events, µs since the origin.</param>
    /// <param name="right">The right camera's events.</param>
    /// <param name="leftDisparitiesPx">One for each left event, px; NaN where unknown.</param>
    /// <param name="rightDisparitiesPx">One for each right event, px; NaN where unknown.</param>
    /// <param name="labelIntervalUs">Time between labels, µs, at least 1.</param>
    /// <param name="truthWindowUs">W, µs, at least 1.</param>
    /// <exception cref="ArgumentException">Sizes or lengths differ.</exception>
    public StereoEventList(
        string name,
        StereoRig rig,
        long originUs,
        EventArray left,
        EventArray right,
        float[] leftDisparitiesPx,
        float[] rightDisparitiesPx,
        long labelIntervalUs,
        long truthWindowUs)
        : this(name, rig, originUs, left, right)
    {
        ArgumentNullException.ThrowIfNull(leftDisparitiesPx);
        ArgumentNullException.ThrowIfNull(rightDisparitiesPx);
        _truth = [new DisparityTruth(left, leftDisparitiesPx), new DisparityTruth(right, rightDisparitiesPx)];
        _truthWindowUs = Guard.AtLeast(truthWindowUs, 1L, nameof(truthWindowUs));
        LabelTimesUs = LabelTimes(Span, Guard.AtLeast(labelIntervalUs, 1L, nameof(labelIntervalUs)), truthWindowUs);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <inheritdoc/>
    public long OriginUs { get; }

    /// <inheritdoc/>
    public TimeWindow Span { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> LabelTimesUs { get; }

    /// <inheritdoc/>
    public bool TruthIsPerEvent => _truth is not null;

    /// <inheritdoc/>
    public long? TruthWindowUs => _truth is null ? null : _truthWindowUs;

    /// <summary>What became of the events of the file it was read from.</summary>
    public EventTextCounts Counts { get; init; }

    /// <inheritdoc/>
    public IEventSequence Events(Camera camera) => _events[(int)camera];

    /// <summary>One camera's events, all of them, µs since the origin.</summary>
    public ReadOnlySpan<DvsEvent> EventSpan(Camera camera) => _events[(int)camera].Span;

    /// <inheritdoc/>
    public bool HasDepth(Camera camera) => _truth is not null;

    /// <inheritdoc/>
    public DepthMap ReadDepth(int label, Camera camera = Camera.Left)
    {
        if (_truth is null)
        {
            throw new InvalidOperationException($"{Name} has no depth: its file holds no disparities.");
        }

        Guard.Within(label, 0, LabelTimesUs.Count - 1, nameof(label));
        return _truth[(int)camera].Read(TimeWindow.EndingAt(LabelTimesUs[label], _truthWindowUs), Rig);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing but memory is held.
    }

    private static TimeWindow SpanOf(ReadOnlySpan<DvsEvent> left, ReadOnlySpan<DvsEvent> right)
    {
        long start = long.MaxValue, end = long.MinValue;
        if (left.Length > 0)
        {
            (start, end) = (left[0].TimestampUs, left[^1].TimestampUs + 1);
        }

        if (right.Length > 0)
        {
            (start, end) = (Math.Min(start, right[0].TimestampUs), Math.Max(end, right[^1].TimestampUs + 1));
        }

        return start < end ? new TimeWindow(start, end) : new TimeWindow(0, 0);
    }

    private static long[] LabelTimes(TimeWindow span, long intervalUs, long windowUs)
    {
        long first = (span.StartUs + windowUs + intervalUs - 1) / intervalUs;
        long last = span.EndUs / intervalUs;
        return last < first ? [] : [.. Enumerable.Range(0, checked((int)(last - first + 1))).Select(i => (first + i) * intervalUs)];
    }
}
