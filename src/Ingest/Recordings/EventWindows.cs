namespace StereoSpike.Ingest;

/// <summary>Cuts one camera's events into windows as they pass: by time or by number, one after another, overlapping or apart. One pass; memory holds one window.</summary>
public static class EventWindows
{
    /// <summary>The most events of a window, 1 GiB of them.</summary>
    public const int MaximumEvents = StereoWindowReader.MaximumEvents;

    private const int Batch = 1 << 14;

    /// <summary>Windows of equal length: [t₀ + k·step, t₀ + k·step + length) for k = 0, 1, …, as long as they begin no later than the last event. Those without events are there too.</summary>
    /// <param name="source">The events; t₀ is the first one's time. A step back in time is refused (see <see cref="TimeOrder"/>).</param>
    /// <param name="lengthUs">Length, µs, at least 1.</param>
    /// <param name="stepUs">From one start to the next, µs, at least 1: less than the length makes them overlap, more leaves gaps, whose events are in none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="InvalidDataException">While walking: the file is damaged or out of order, or a window holds more than <see cref="MaximumEvents"/>.</exception>
    public static IEnumerable<EventWindow> ByTime(IEventReader source, long lengthUs, long stepUs)
    {
        Guard.AtLeast(lengthUs, 1L, nameof(lengthUs));
        Guard.AtLeast(stepUs, 1L, nameof(stepUs));
        return Walk(new Passing(new TimeOrder(source, horizonUs: 0)), lengthUs, stepUs);

        static IEnumerable<EventWindow> Walk(Passing passing, long lengthUs, long stepUs)
        {
            if (!passing.Fill(1))
            {
                yield break;
            }

            for (long startUs = passing.At(0).TimestampUs; ; startUs = checked(startUs + stepUs))
            {
                passing.DropBefore(startUs);
                if (passing.Count == 0)
                {
                    yield break;
                }

                var window = new TimeWindow(startUs, checked(startUs + lengthUs));
                yield return new EventWindow(window, passing.First(passing.CountBefore(window.EndUs)));
            }
        }
    }

    /// <summary>Windows of equal numbers of events. The last is shorter where the events left over are in no other window.</summary>
    /// <param name="source">The events. A step back in time is refused (see <see cref="TimeOrder"/>).</param>
    /// <param name="count">Events of a window, 1 to <see cref="MaximumEvents"/>.</param>
    /// <param name="step">Events from one start to the next, at least 1: fewer than the count makes windows overlap, more leaves events out.</param>
    /// <returns>Windows that reach from their first event's time to just after their last one's.</returns>
    /// <inheritdoc cref="ByTime" path="/exception"/>
    public static IEnumerable<EventWindow> ByCount(IEventReader source, int count, int step)
    {
        Guard.Within(count, 1, MaximumEvents, nameof(count));
        Guard.Within(step, 1, MaximumEvents, nameof(step));
        return Walk(new Passing(new TimeOrder(source, horizonUs: 0)), count, step);

        static IEnumerable<EventWindow> Walk(Passing passing, int count, int step)
        {
            for (bool all = passing.Fill(count), first = true; passing.Count > 0; all = passing.Fill(count), first = false)
            {
                if (!all && !first && passing.Count <= count - step)   // all of them were in the window before
                {
                    yield break;
                }

                int length = Math.Min(count, passing.Count);
                yield return new EventWindow(new TimeWindow(passing.At(0).TimestampUs, passing.At(length - 1).TimestampUs + 1), passing.First(length));
                passing.Fill(step);
                passing.Drop(Math.Min(step, passing.Count));
            }
        }
    }

    /// <summary>The events at hand: read ahead as far as they are asked for.</summary>
    private sealed class Passing(IEventReader source)
    {
        private DvsEvent[] _events = new DvsEvent[2 * Batch];
        private int _start;
        private bool _ended;

        public int Count { get; private set; }

        public DvsEvent At(int index) => _events[_start + index];

        public ReadOnlyMemory<DvsEvent> First(int count) => _events.AsMemory(_start, count);

        public void Drop(int count)
        {
            _start += count;
            Count -= count;
        }

        /// <summary>Reads until so many events are at hand.</summary>
        /// <returns>False where the source ends before.</returns>
        public bool Fill(int count)
        {
            while (Count < count && !_ended)
            {
                Read();
            }

            return Count >= count;
        }

        /// <summary>Drops what comes before a time; reads on until something does not, or nothing is left.</summary>
        public void DropBefore(long timeUs)
        {
            while (Fill(1))
            {
                int before = LowerBound(timeUs);
                Drop(before);
                if (Count > 0)
                {
                    return;
                }
            }
        }

        /// <summary>How many come before a time; reads on until one does not.</summary>
        public int CountBefore(long timeUs)
        {
            while (!_ended && (Count == 0 || At(Count - 1).TimestampUs < timeUs))
            {
                Read();
            }

            return LowerBound(timeUs);
        }

        private int LowerBound(long timeUs)
        {
            int low = 0, high = Count;
            while (low < high)
            {
                int middle = (low + high) >>> 1;
                (low, high) = At(middle).TimestampUs < timeUs ? (middle + 1, high) : (low, middle);
            }

            return low;
        }

        private void Read()
        {
            if (_events.Length - _start - Count < Batch)
            {
                if (Count + Batch > MaximumEvents)
                {
                    throw Files.BadFile.Error(source.Name, $"window from {At(0).TimestampUs} µs on", $"holds more than {MaximumEvents - Batch} events", "Take shorter windows.");
                }

                DvsEvent[] target = 2 * (Count + Batch) > _events.Length ? new DvsEvent[2 * (Count + Batch)] : _events;
                _events.AsSpan(_start, Count).CopyTo(target);
                (_events, _start) = (target, 0);
            }

            int read = source.Read(_events.AsSpan(_start + Count, Batch));
            _ended = read == 0;
            Count += read;
        }
    }
}
