namespace StereoSpike.Ingest;

/// <summary>A camera's events held in memory, checked once at the door.</summary>
public sealed class EventArray : IEventSequence
{
    private readonly ReadOnlyMemory<DvsEvent> _events;

    /// <summary>Wraps events without copying them.</summary>
    /// <param name="sensor">The camera's size.</param>
    /// <param name="events">Events in time order (equal times allowed), all on the sensor.</param>
    /// <exception cref="ArgumentException">An event comes before its predecessor or lies off the sensor.</exception>
    public EventArray(SensorSize sensor, ReadOnlyMemory<DvsEvent> events)
    {
        Sensor = sensor;
        _events = events;
        long previousUs = long.MinValue;
        ReadOnlySpan<DvsEvent> span = events.Span;
        for (int i = 0; i < span.Length; i++)
        {
            ref readonly DvsEvent e = ref span[i];
            if (!sensor.Contains(e.X, e.Y))
            {
                throw new ArgumentException($"Event {i} is at x = {e.X}, y = {e.Y}: outside the {sensor} sensor.", nameof(events));
            }

            if (e.TimestampUs < previousUs)
            {
                throw new ArgumentException($"Event {i} is at t = {e.TimestampUs} µs, before its predecessor at {previousUs} µs. Sort the events by time first.", nameof(events));
            }

            previousUs = e.TimestampUs;
        }
    }

    /// <inheritdoc/>
    public SensorSize Sensor { get; }

    /// <inheritdoc/>
    public long Count => _events.Length;

    /// <summary>The events.</summary>
    public ReadOnlySpan<DvsEvent> Span => _events.Span;

    /// <inheritdoc/>
    public void Read(long first, Span<DvsEvent> destination)
    {
        Guard.Within(first, 0, Count - destination.Length, nameof(first));
        _events.Span.Slice((int)first, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public long LowerBound(long timestampUs)
    {
        ReadOnlySpan<DvsEvent> events = _events.Span;
        int low = 0, high = events.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (events[middle].TimestampUs < timestampUs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
