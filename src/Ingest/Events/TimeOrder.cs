using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Puts a reader's events in the order of time where they stray by no more than a horizon; refuses what strays farther.</summary>
/// <remarks>Events of equal time keep the file's order. What is held back spans the horizon, so memory does not grow with the file.</remarks>
public sealed class TimeOrder : IEventReader
{
    private readonly IEventReader _source;
    private readonly DvsEvent[] _batch = new DvsEvent[1 << 14];
    private readonly PriorityQueue<DvsEvent, (long TimeUs, long Number)> _held = new();
    private long _number;
    private long _newestUs = long.MinValue;
    private bool _ended;

    /// <summary>Orders a reader.</summary>
    /// <param name="source">What to order; disposed with this.</param>
    /// <param name="horizonUs">How far back in time an event may come, µs; 0 refuses any step back.</param>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is negative.</exception>
    public TimeOrder(IEventReader source, long horizonUs)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        HorizonUs = Guard.AtLeast(horizonUs, 0L, nameof(horizonUs));
    }

    /// <summary>How far back in time an event may come, µs.</summary>
    public long HorizonUs { get; }

    /// <summary>Events so far that came before one read earlier.</summary>
    public long Moved { get; private set; }

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
    /// <exception cref="InvalidDataException">An event strays farther than the horizon, or the file is damaged.</exception>
    public int Read(Span<DvsEvent> destination)
    {
        if (HorizonUs == 0)
        {
            int read = _source.Read(destination);
            foreach (ref readonly DvsEvent e in destination[..read])
            {
                Take(e);
            }

            return read;
        }

        int written = 0;
        while (written < destination.Length && (_held.Count > 0 || !_ended))
        {
            if (_held.TryPeek(out _, out (long TimeUs, long Number) oldest) && (_ended || oldest.TimeUs < _newestUs - HorizonUs))
            {
                destination[written++] = _held.Dequeue();
                continue;
            }

            if (!_ended)
            {
                Hold();
            }
        }

        return written;
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private void Hold()
    {
        int read = _source.Read(_batch);
        _ended = read == 0;
        foreach (ref readonly DvsEvent e in _batch.AsSpan(0, read))
        {
            Take(e);
            _held.Enqueue(e, (e.TimestampUs, _number));
        }
    }

    private void Take(in DvsEvent e)
    {
        if (e.TimestampUs < _newestUs)
        {
            long backUs = _newestUs - e.TimestampUs;
            Moved++;
            if (backUs > HorizonUs)
            {
                throw BadFile.Error(
                    Name, $"event {_number}", $"lies {backUs} µs before one above it; {(HorizonUs == 0 ? "events must be in the order of time" : $"at most {HorizonUs} µs are sorted")}",
                    $"Sort it on the way: --sort {backUs} or more (µs).");
            }
        }

        _newestUs = Math.Max(_newestUs, e.TimestampUs);
        _number++;
    }
}
