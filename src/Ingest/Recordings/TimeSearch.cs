namespace StereoSpike.Ingest;

/// <summary>Finds a time among events that are costly to look at.</summary>
internal static class TimeSearch
{
    private const long FirstStep = 1024;   // events

    /// <summary>Index of the first event at or after a time; the count if there is none.</summary>
    /// <param name="count">Number of events, in time order.</param>
    /// <param name="last">Where the last search ended: windows come one after another, and in a chunked file each far look unpacks a block.</param>
    /// <param name="timeUs">Time of an event.</param>
    /// <param name="timestampUs">The time wanted.</param>
    public static long LowerBound(long count, long last, Func<long, long> timeUs, long timestampUs)
    {
        (long low, long high) = Around(count, last, timeUs, timestampUs);
        while (low < high)
        {
            long middle = low + ((high - low) >> 1);
            if (timeUs(middle) < timestampUs)
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

    /// <summary>A stretch that holds the answer, found in growing steps.</summary>
    private static (long Low, long High) Around(long count, long last, Func<long, long> timeUs, long timestampUs)
    {
        (long low, long high, long step) = (last, last, FirstStep);
        if (low < count && timeUs(low) < timestampUs)
        {
            while (high < count && timeUs(high) < timestampUs)
            {
                low = high + 1;
                high = Math.Min(count, high + step);
                step *= 2;
            }
        }
        else
        {
            while (low > 0 && timeUs(low - 1) >= timestampUs)
            {
                high = low - 1;
                low = Math.Max(0, high - step);
                step *= 2;
            }
        }

        return (low, high);
    }
}
