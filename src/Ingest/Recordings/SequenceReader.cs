namespace StereoSpike.Ingest;

/// <summary>Reads a sequence of events, or a part of it, from beginning to end like a file.</summary>
public sealed class SequenceReader : IEventReader
{
    private readonly IEventSequence _events;
    private readonly IDisposable? _owner;
    private readonly long _first;
    private readonly long _end;
    private long _next;

    /// <summary>Reads all of it.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="format">What kind of file it comes from.</param>
    /// <param name="events">The events.</param>
    /// <param name="owner">What is disposed with this; null where the events outlive it.</param>
    public SequenceReader(string name, EventFormat format, IEventSequence events, IDisposable? owner = null)
        : this(name, format, events, 0, (events ?? throw new ArgumentNullException(nameof(events))).Count, owner)
    {
    }

    /// <summary>Reads the events [first, end).</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="format">What kind of file it comes from.</param>
    /// <param name="events">The events.</param>
    /// <param name="first">The first, 0-based.</param>
    /// <param name="end">The first not read.</param>
    /// <param name="owner">What is disposed with this; null where the events outlive it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the sequence.</exception>
    public SequenceReader(string name, EventFormat format, IEventSequence events, long first, long end, IDisposable? owner = null)
    {
        ArgumentNullException.ThrowIfNull(events);
        Name = name;
        Format = format;
        _events = events;
        _owner = owner;
        _next = _first = Guard.Within(first, 0, events.Count, nameof(first));
        _end = Guard.Within(end, first, events.Count, nameof(end));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public EventFormat Format { get; }

    /// <inheritdoc/>
    public SensorSize Sensor => _events.Sensor;

    /// <inheritdoc/>
    public double Progress => _end > _first ? (double)(_next - _first) / (_end - _first) : 0;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> Dropped { get; init; } = new Dictionary<string, long>();

    /// <summary>What the recording's clock adds to each time, µs; 0 where it says nothing.</summary>
    public long ClockOffsetUs { get; init; }

    /// <inheritdoc/>
    public int Read(Span<DvsEvent> destination)
    {
        int count = (int)Math.Min(destination.Length, _end - _next);
        _events.Read(_next, destination[..count]);
        _next += count;
        return count;
    }

    /// <summary>The part in a span of time, found by search; it takes the place of this reader, which must not have been read.</summary>
    /// <param name="fromUs">How long after the first event it begins, µs.</param>
    /// <param name="lengthUs">How long it is, µs.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public SequenceReader Slice(long fromUs, long lengthUs)
    {
        Guard.AtLeast(fromUs, 0L, nameof(fromUs));
        Guard.AtLeast(lengthUs, 1L, nameof(lengthUs));
        if (_end == _first)
        {
            return this;
        }

        var one = new DvsEvent[1];
        _events.Read(_first, one);
        long startUs = one[0].TimestampUs + fromUs, start = Math.Clamp(_events.LowerBound(startUs), _first, _end);
        long end = lengthUs < long.MaxValue - Math.Max(0, startUs) ? Math.Clamp(_events.LowerBound(startUs + lengthUs), start, _end) : _end;
        return new SequenceReader(Name, Format, _events, start, end, _owner) { Dropped = Dropped, ClockOffsetUs = ClockOffsetUs };
    }

    /// <inheritdoc/>
    public void Dispose() => _owner?.Dispose();
}
