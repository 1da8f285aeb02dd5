namespace StereoSpike.Ingest;

/// <summary>Two cameras' events as those of one wide sensor, in the order of time: the left camera's pixels, a gap, the right camera's. For pictures of both.</summary>
public sealed class SideBySide : IEventReader
{
    /// <summary>Columns between the cameras, px.</summary>
    public const int GapPx = 4;

    private const int Batch = 1 << 12;
    private readonly IEventReader[] _sources;
    private readonly DvsEvent[][] _events = [new DvsEvent[Batch], new DvsEvent[Batch]];
    private readonly int[] _next = new int[2];
    private readonly int[] _end = new int[2];

    /// <summary>Joins two readers of one clock.</summary>
    /// <param name="left">The left camera's events, in the order of time; disposed with this.</param>
    /// <param name="right">The right camera's; disposed with this.</param>
    /// <exception cref="ArgumentOutOfRangeException">Together they are wider than a sensor can be.</exception>
    public SideBySide(IEventReader left, IEventReader right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        _sources = [left, right];
        Sensor = new SensorSize(left.Sensor.Width + GapPx + right.Sensor.Width, Math.Max(left.Sensor.Height, right.Sensor.Height));
    }

    /// <inheritdoc/>
    public string Name => _sources[0].Name;

    /// <inheritdoc/>
    public EventFormat Format => _sources[0].Format;

    /// <inheritdoc/>
    public SensorSize Sensor { get; }

    /// <inheritdoc/>
    public double Progress => (_sources[0].Progress + _sources[1].Progress) / 2;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> Dropped =>
        _sources.SelectMany(source => source.Dropped).GroupBy(loss => loss.Key).ToDictionary(losses => losses.Key, losses => losses.Sum(loss => loss.Value));

    /// <inheritdoc/>
    public int Read(Span<DvsEvent> destination)
    {
        int written = 0, shift = _sources[0].Sensor.Width + GapPx;
        while (written < destination.Length)
        {
            bool left = Fill(0), right = Fill(1);
            if (!left && !right)
            {
                break;
            }

            if (left && (!right || _events[0][_next[0]].TimestampUs <= _events[1][_next[1]].TimestampUs))
            {
                destination[written++] = _events[0][_next[0]++];
            }
            else
            {
                DvsEvent e = _events[1][_next[1]++];
                destination[written++] = e with { X = (ushort)(e.X + shift) };
            }
        }

        return written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IEventReader source in _sources)
        {
            source.Dispose();
        }
    }

    private bool Fill(int camera)
    {
        if (_next[camera] == _end[camera])
        {
            (_next[camera], _end[camera]) = (0, _sources[camera].Read(_events[camera]));
        }

        return _next[camera] < _end[camera];
    }
}
