namespace StereoSpike.Ingest;

/// <summary>A reader's events after filters, one after another, with the count of what each dropped.</summary>
public sealed class FilteredEvents : IEventReader
{
    private readonly IEventReader _source;
    private readonly IEventFilter[] _filters;
    private readonly long[] _dropped;

    /// <summary>Puts filters behind a reader.</summary>
    /// <param name="source">What to filter, in time order; disposed with this.</param>
    /// <param name="filters">How each is written (<see cref="EventFilters.Parse"/>), first to last; each works on the sensor that the one before it leaves.</param>
    /// <exception cref="ArgumentException">A filter is unknown, or its settings are.</exception>
    public FilteredEvents(IEventReader source, IEnumerable<string> filters)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(filters);
        _source = source;
        var made = new List<IEventFilter>();
        foreach (string filter in filters)
        {
            made.Add(EventFilters.Parse(filter, made.Count > 0 ? made[^1].Output : source.Sensor));
        }

        _filters = [.. made];
        _dropped = new long[_filters.Length];
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <inheritdoc/>
    public EventFormat Format => _source.Format;

    /// <inheritdoc/>
    public SensorSize Sensor => _filters.Length > 0 ? _filters[^1].Output : _source.Sensor;

    /// <inheritdoc/>
    public double Progress => _source.Progress;

    /// <summary>Events read so far, before any filter.</summary>
    public long Seen { get; private set; }

    /// <summary>What the file lost and what each filter dropped: its place in the chain and its name, such as <c>1 refractory:us=1000</c>.</summary>
    public IReadOnlyDictionary<string, long> Dropped =>
        _source.Dropped.Concat(_filters.Select((filter, i) => KeyValuePair.Create($"{i + 1} {filter.Name}", _dropped[i]))).ToDictionary();

    /// <inheritdoc/>
    public int Read(Span<DvsEvent> destination)
    {
        while (true)
        {
            int count = _source.Read(destination);
            if (count == 0)
            {
                return 0;
            }

            Seen += count;
            for (int i = 0; i < _filters.Length && count > 0; i++)
            {
                int kept = _filters[i].Apply(destination[..count]);
                _dropped[i] += count - kept;
                count = kept;
            }

            if (count > 0)
            {
                return count;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
