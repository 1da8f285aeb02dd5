using CsCheck;

namespace StereoSpike.Ingest.Tests.Recordings;

public class EventWindowsTests
{
    private static readonly SensorSize Sensor = new(4, 4);

    [Fact]
    public void Windows_of_time_overlap_or_leave_gaps_as_their_step_says()
    {
        // Events at 10, 14, 15, 31. Windows start at the first event's time.
        Assert.Equal(["10-15: 10 14", "15-20: 15", "20-25:", "25-30:", "30-35: 31"], ByTime(5, 5, 10, 14, 15, 31));
        Assert.Equal(["10-20: 10 14 15", "15-25: 15", "20-30:", "25-35: 31", "30-40: 31"], ByTime(10, 5, 10, 14, 15, 31));
        Assert.Equal(["10-12: 10", "20-22:", "30-32: 31"], ByTime(2, 10, 10, 14, 15, 31));
        Assert.Empty(ByTime(5, 5));
    }

    [Fact]
    public void Windows_of_number_overlap_or_leave_events_out_as_their_step_says()
    {
        Assert.Equal(["1-3: 1 2", "3-5: 3 4", "5-6: 5"], ByCount(2, 2, 1, 2, 3, 4, 5));
        Assert.Equal(["1-4: 1 2 3", "2-5: 2 3 4", "3-6: 3 4 5"], ByCount(3, 1, 1, 2, 3, 4, 5));
        Assert.Equal(["1-4: 1 2 3", "3-6: 3 4 5", "5-7: 5 6"], ByCount(3, 2, 1, 2, 3, 4, 5, 6));
        Assert.Equal(["1-2: 1", "4-5: 4"], ByCount(1, 3, 1, 2, 3, 4, 5));
        Assert.Equal(["1-3: 1 2"], ByCount(7, 7, 1, 2));
        Assert.Empty(ByCount(3, 3));
    }

    [Fact]
    public void They_are_what_slicing_an_array_gives_however_long_it_is()
    {
        // Up to 100,000 events: more than is read at once, so that windows reach over the seams of the buffer.
        Gen.Select(Gen.Int[1, 100_000], Gen.Int[1, 40_000], Gen.Int[1, 40_000], Gen.Int[0, 5]).Sample(
            (count, length, step, seed) =>
            {
                var random = new Random(seed);
                long timeUs = random.Next(1000);
                DvsEvent[] events = [.. Enumerable.Range(0, count).Select(_ => new DvsEvent(timeUs += random.Next(3), 1, 2, Polarity.On))];
                foreach (EventWindow window in EventWindows.ByTime(Reader(events), length, step))
                {
                    long[] times = [.. window.Events.ToArray().Select(e => e.TimestampUs)];
                    int first = Array.FindIndex(events, e => e.TimestampUs >= window.Window.StartUs), end = Array.FindLastIndex(events, e => e.TimestampUs < window.Window.EndUs) + 1;

                    Assert.Equal(Math.Max(0, end - first), times.Length);
                    Assert.All(times, time => Assert.True(window.Window.Contains(time)));
                }

                int at = 0;
                foreach (EventWindow window in EventWindows.ByCount(Reader(events), length, step))
                {
                    Assert.Equal(events.AsSpan(at, Math.Min(length, count - at)), window.Events.Span);
                    at += step;
                }

                Assert.True(at + length - step >= count || step > length, "events are left over");
            },
            iter: 20);
    }

    [Fact]
    public void Events_out_of_order_are_refused() =>
        Assert.Contains("lies 3 µs before", Assert.Throws<InvalidDataException>(() => ByTime(5, 5, 10, 7)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_slice_counts_from_the_first_event_and_stops_at_its_end()
    {
        // From 5 µs after the event at 100, for 10 µs: [105, 115).
        using var slice = new TimeSlice(Reader([.. ((long[])[100, 104, 105, 114, 115, 116]).Select(At)]), 5, 10);

        Assert.Equal([105L, 114L], Events.EventFileBytes.ReadAll(slice).Select(e => e.TimestampUs));
    }

    private static string[] ByTime(long length, long step, params long[] timesUs) => [.. EventWindows.ByTime(Reader([.. timesUs.Select(At)]), length, step).Select(Text)];

    private static string[] ByCount(int count, int step, params long[] timesUs) => [.. EventWindows.ByCount(Reader([.. timesUs.Select(At)]), count, step).Select(Text)];

    private static string Text(EventWindow window) =>
        $"{window.Window.StartUs}-{window.Window.EndUs}:{string.Concat(window.Events.ToArray().Select(e => $" {e.TimestampUs}"))}";

    private static DvsEvent At(long timeUs) => new(timeUs, 1, 2, Polarity.On);

    private static SequenceReader Reader(DvsEvent[] events) => new("test", EventFormat.Recording, new Unchecked(events));

    /// <summary>Events as they come, in order or not.</summary>
    private sealed class Unchecked(DvsEvent[] events) : IEventSequence
    {
        public SensorSize Sensor => EventWindowsTests.Sensor;

        public long Count => events.Length;

        public void Read(long first, Span<DvsEvent> destination) => events.AsSpan((int)first, destination.Length).CopyTo(destination);

        public long LowerBound(long timestampUs) => throw new NotSupportedException();
    }
}
