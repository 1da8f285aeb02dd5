namespace StereoSpike.Ingest;

/// <summary>What there is to say of a camera's events after one pass: how many, when, how regular, how hot.</summary>
public sealed class EventSummary
{
    private const int Bins = 64;
    private readonly SensorSize _sensor;
    private readonly long[] _pixels;
    private long[] _bins = new long[Bins];
    private long _binUs = 1_000;
    private long _previousUs;
    private long _startUs;

    /// <summary>Starts a summary.</summary>
    /// <param name="sensor">The camera's size; every event lies on it.</param>
    public EventSummary(SensorSize sensor)
    {
        _sensor = sensor;
        _pixels = new long[sensor.Pixels];
    }

    /// <summary>Number of events.</summary>
    public long Count { get; private set; }

    /// <summary>Of these, ON.</summary>
    public long On { get; private set; }

    /// <summary>The earliest time, µs.</summary>
    public long FirstUs { get; private set; } = long.MaxValue;

    /// <summary>The latest time, µs.</summary>
    public long LastUs { get; private set; } = long.MinValue;

    /// <summary>Events that come before the one above them.</summary>
    public long StepsBack { get; private set; }

    /// <summary>The farthest that an event lies before any above it, µs.</summary>
    public long FarthestBackUs { get; private set; }

    /// <summary>Length from the earliest to the latest, µs; 0 without events.</summary>
    public long DurationUs => Count == 0 ? 0 : LastUs - FirstUs;

    /// <summary>Share of events from hot pixels, 0..1: those with more than mean + 5 standard deviations of the events of pixels that have any.</summary>
    public double HotShare
    {
        get
        {
            long[] seen = [.. _pixels.Where(count => count > 0)];
            if (seen.Length == 0)
            {
                return 0;
            }

            double mean = seen.Average(), spread = Math.Sqrt(seen.Average(count => (count - mean) * (count - mean)));
            return (double)seen.Where(count => count > mean + (5 * spread)).Sum() / Count;
        }
    }

    /// <summary>Events in consecutive spans of equal length from the first event's time on: at most 64, the last may be short.</summary>
    public ReadOnlySpan<long> Rate => _bins.AsSpan(0, Count == 0 ? 0 : (int)Math.Min(Bins, (DurationUs / _binUs) + 1));

    /// <summary>Length of a span of <see cref="Rate"/>, µs.</summary>
    public long RateSpanUs => _binUs;

    /// <summary>Takes the next events.</summary>
    /// <exception cref="ArgumentException">An event lies off the sensor.</exception>
    public void Add(ReadOnlySpan<DvsEvent> events)
    {
        long previousUs = Count == 0 ? long.MinValue : _previousUs;
        foreach (ref readonly DvsEvent e in events)
        {
            if (!_sensor.Contains(e.X, e.Y))
            {
                throw new ArgumentException($"The event at x = {e.X}, y = {e.Y} lies off the {_sensor} sensor.", nameof(events));
            }

            StepsBack += e.TimestampUs < previousUs ? 1 : 0;
            FarthestBackUs = Math.Max(FarthestBackUs, Count == 0 ? 0 : LastUs - e.TimestampUs);
            LastUs = Math.Max(LastUs, e.TimestampUs);
            FirstUs = Count == 0 ? e.TimestampUs : Math.Min(FirstUs, e.TimestampUs);
            _startUs = Count == 0 ? e.TimestampUs : _startUs;
            previousUs = e.TimestampUs;
            Count++;
            On += (long)e.Polarity;
            _pixels[(e.Y * _sensor.Width) + e.X]++;
            int bin = Bin(e.TimestampUs);   // may replace the array, so it comes first
            _bins[bin]++;
        }

        _previousUs = previousUs;
    }

    /// <summary>The span that a time falls into; where it lies beyond the last, spans are joined in pairs until it does not.</summary>
    private int Bin(long timeUs)
    {
        long sinceUs = Math.Max(0, timeUs - _startUs);
        while (sinceUs / _binUs >= Bins)
        {
            var wider = new long[Bins];
            for (int i = 0; i < Bins; i++)
            {
                wider[i / 2] += _bins[i];
            }

            _bins = wider;
            _binUs *= 2;
        }

        return (int)(sinceUs / _binUs);
    }
}
