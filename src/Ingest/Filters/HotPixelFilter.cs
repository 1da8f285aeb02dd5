using System.Globalization;

namespace StereoSpike.Ingest;

/// <summary>Drops the events of hot pixels, which report without cause and far more than others.</summary>
/// <remarks>
/// A pixel is hot if it has more events than mean + n standard deviations of the pixels that have any, in what the filter learns from: its first events, which it holds up nothing for. Until it has learned,
/// events pass.
/// </remarks>
internal sealed class HotPixelFilter : IEventFilter
{
    private readonly double _deviations;
    private readonly long _learnFrom;
    private readonly string? _keep;
    private readonly long[] _counts;
    private bool[]? _hot;
    private long _seen;

    /// <param name="sensor">The camera's size.</param>
    /// <param name="deviations">n, greater than 0.</param>
    /// <param name="learnFrom">Events to learn from, at least 1.</param>
    /// <param name="keep">Where to write what it learned, once it has; null for nowhere.</param>
    public HotPixelFilter(SensorSize sensor, double deviations, long learnFrom, string? keep = null)
    {
        Output = sensor;
        _deviations = Guard.Above(deviations, 0.0, "deviations");
        _learnFrom = Guard.AtLeast(learnFrom, 1L, "learn");
        _keep = keep;
        _counts = new long[sensor.Pixels];
    }

    public string Name => string.Create(CultureInfo.InvariantCulture, $"hot:deviations={_deviations},learn={_learnFrom}{(_keep is null ? "" : $",keep={_keep}")}");

    public SensorSize Output { get; }

    public int Apply(Span<DvsEvent> events)
    {
        int kept = 0, width = Output.Width;
        foreach (DvsEvent e in events)
        {
            int pixel = (e.Y * width) + e.X;
            if (_hot is null)
            {
                _counts[pixel]++;
                _hot = ++_seen == _learnFrom ? Learn() : null;
            }

            events[kept] = e;
            kept += _hot is { } hot && hot[pixel] ? 0 : 1;
        }

        return kept;
    }

    private bool[] Learn()
    {
        long[] active = [.. _counts.Where(count => count > 0)];
        double mean = active.Average(), spread = Math.Sqrt(active.Average(count => (count - mean) * (count - mean)));
        bool[] hot = [.. _counts.Select(count => count > mean + (_deviations * spread))];
        if (_keep is not null)
        {
            PixelMask.Write(_keep, hot, Output);
        }

        return hot;
    }
}
