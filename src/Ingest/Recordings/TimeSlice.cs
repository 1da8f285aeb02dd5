namespace StereoSpike.Ingest;

/// <summary>The part of a reader's events that lies in a span of time, counted from its first event: what comes before is read and passed over, what comes after is not read.</summary>
public sealed class TimeSlice : IEventReader
{
    private readonly IEventReader _source;
    private readonly long _fromUs;
    private readonly long _lengthUs;
    private long _startUs;
    private long _endUs;
    private bool _begun;
    private bool _ended;

    /// <summary>Cuts a reader's events.</summary>
    /// <param name="source">The events, in time order; disposed with this.</param>
    /// <param name="fromUs">How long after the first event the part begins, µs, at least 0.</param>
    /// <param name="lengthUs">How long it is, µs, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public TimeSlice(IEventReader source, long fromUs, long lengthUs)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _fromUs = Guard.AtLeast(fromUs, 0L, nameof(fromUs));
        _lengthUs = Guard.AtLeast(lengthUs, 1L, nameof(lengthUs));
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <inheritdoc/>
    public EventFormat Format => _source.Format;

    /// <inheritdoc/>
    public SensorSize Sensor => _source.Sensor;

    /// <inheritdoc/>
    public double Progress => _source.Progress;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> Dropped => _source.Dropped;

    /// <inheritdoc/>
    public int Read(Span<DvsEvent> destination)
    {
        while (!_ended)
        {
            int read = _source.Read(destination);
            if (read == 0)
            {
                break;
            }

            if (!_begun)
            {
                _begun = true;
                _startUs = destination[0].TimestampUs + _fromUs;
                _endUs = _lengthUs < long.MaxValue - Math.Max(0, _startUs) ? _startUs + _lengthUs : long.MaxValue;
            }

            int kept = 0;
            for (int i = 0; i < read && !_ended; i++)
            {
                DvsEvent e = destination[i];
                _ended = e.TimestampUs >= _endUs;
                destination[kept] = e;
                kept += e.TimestampUs >= _startUs && !_ended ? 1 : 0;
            }

            if (kept > 0)
            {
                return kept;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
