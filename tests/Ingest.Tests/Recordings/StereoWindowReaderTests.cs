using CsCheck;

namespace StereoSpike.Ingest.Tests;

public class StereoWindowReaderTests
{
    private static readonly SensorSize Sensor = new(4, 1);

    [Fact]
    public void An_event_at_the_start_belongs_to_the_window_and_one_at_the_end_to_the_next()
    {
        StereoWindowReader reader = Reader([At(10), At(20), At(20), At(30)], []);

        Assert.Equal([10L], Times(reader.Read(new TimeWindow(10, 20)).Left));
        Assert.Equal([20L, 20L], Times(reader.Read(new TimeWindow(20, 30)).Left));
        Assert.Equal([30L], Times(reader.Read(new TimeWindow(30, 31)).Left));
    }

    [Fact]
    public void Both_cameras_share_one_clock_whatever_their_first_events()
    {
        // The left camera wakes at 70 µs, the right at 0. Counting windows from each camera's own first event,
        // as the code published with StereoSpike does, would pair the left's 70..119 with the right's 0..49.
        StereoWindowReader reader = Reader([At(70), At(90), At(120)], [At(0), At(60), At(99), At(100)]);

        StereoWindow window = reader.Read(new TimeWindow(50, 100));

        Assert.Equal([70L, 90L], Times(window.Left));
        Assert.Equal([60L, 99L], Times(window.Right));
    }

    [Fact]
    public void Neighbouring_windows_share_no_event_and_lose_none()
    {
        (from left in Gen.Long[0, 999].Array[0, 80] from right in Gen.Long[0, 999].Array[0, 80] from durationUs in Gen.Long[1, 400] select (left, right, durationUs)).Sample(any =>
        {
            Array.Sort(any.left);
            Array.Sort(any.right);
            StereoWindowReader reader = Reader([.. any.left.Select(At)], [.. any.right.Select(At)]);
            List<long> left = [], right = [];

            foreach (TimeWindow span in WindowGrid.Cover(reader.Recording.Span, any.durationUs))
            {
                StereoWindow window = reader.Read(span);
                Assert.All(Times(window.Left).Concat(Times(window.Right)), time => Assert.True(span.Contains(time)));
                left.AddRange(Times(window.Left));
                right.AddRange(Times(window.Right));
            }

            Assert.Equal(any.left, left);
            Assert.Equal(any.right, right);
        });
    }

    [Fact]
    public void Windows_in_any_order_hold_what_a_filter_finds()
    {
        (from times in Gen.Long[0, 99].Array[0, 40] from starts in Gen.Long[-20, 120].Array[1, 20] from durationUs in Gen.Long[0, 50] select (times, starts, durationUs)).Sample(any =>
        {
            Array.Sort(any.times);
            StereoWindowReader reader = Reader([.. any.times.Select(At)], []);

            foreach (long startUs in any.starts)
            {
                var window = new TimeWindow(startUs, startUs + any.durationUs);

                Assert.Equal(any.times.Where(window.Contains), Times(reader.Read(window).Left));
            }
        });
    }

    [Fact]
    public void Rectification_rounds_to_the_nearest_pixel_and_drops_and_counts_what_leaves_the_sensor()
    {
        // The left map moves 0.6 px to the right: 0.6, 1.6, 2.6, 3.6 round to 1, 2, 3 and 4, which is off a sensor of four.
        // (Truncated, they would be 0, 1, 2, 3: each a pixel off and none dropped.) The right map moves nothing.
        var leftMap = new RectificationMap(Sensor, [0.6f, 1.6f, 2.6f, 3.6f], [0, 0, 0, 0]);
        var rightMap = new RectificationMap(Sensor, [0, 1, 2, 3], [0, 0, 0, 0]);
        DvsEvent[] events = [new(1, 3, 0, Polarity.On), new(2, 0, 0, Polarity.On), new(3, 3, 0, Polarity.Off), new(4, 2, 0, Polarity.Off)];
        var reader = new StereoWindowReader(new MemoryRecording(Sensor, events, events, leftMap, rightMap));

        StereoWindow window = reader.Read(new TimeWindow(0, 10));

        Assert.Equal([new DvsEvent(2, 1, 0, Polarity.On), new DvsEvent(4, 3, 0, Polarity.Off)], window.Left.ToArray());
        Assert.Equal(events, window.Right.ToArray());
        Assert.Equal((new EventTally(Read: 4, Dropped: 2), 2L, 0.5), (reader.Tally(Camera.Left), reader.Tally(Camera.Left).Kept, reader.Tally(Camera.Left).DroppedShare));
        Assert.Equal((4L, 0.0), (reader.Tally(Camera.Right).Read, reader.Tally(Camera.Right).DroppedShare));
    }

    [Fact]
    public void The_recording_itself_stays_raw()
    {
        DvsEvent[] events = [new(1, 0, 0, Polarity.On)];
        var shift = new RectificationMap(Sensor, [1, 2, 3, 3], [0, 0, 0, 0]);
        var reader = new StereoWindowReader(new MemoryRecording(Sensor, events, [], shift));

        Assert.Equal(1, reader.Read(new TimeWindow(0, 10)).Left.Span[0].X);
        Assert.Equal(1, reader.Read(new TimeWindow(0, 10)).Left.Span[0].X);
        Assert.Equal(0, events[0].X);
    }

    [Fact]
    public void Before_any_event_the_dropped_share_is_zero() =>
        Assert.Equal(0, Reader([], []).Tally(Camera.Left).DroppedShare);

    [Fact]
    public void A_warm_reader_allocates_nothing()
    {
        StereoWindowReader reader = Reader([.. Enumerable.Range(0, 1_000).Select(i => At(i))], [.. Enumerable.Range(0, 1_000).Select(i => At(i))]);
        reader.Read(new TimeWindow(0, 100));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int start = 0; start < 900; start += 100)
        {
            reader.Read(new TimeWindow(start, start + 100));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_camera_or_a_map_of_another_size_is_refused()
    {
        var small = new EventArray(new SensorSize(3, 1), Array.Empty<DvsEvent>());
        var right = new EventArray(Sensor, Array.Empty<DvsEvent>());
        var wrongMap = new RectificationMap(new SensorSize(2, 1), [0, 1], [0, 0]);

        ArgumentException camera = Assert.Throws<ArgumentException>(() => new StereoWindowReader(new MemoryRecording(Sensor, small, right)));
        ArgumentException map = Assert.Throws<ArgumentException>(() => new StereoWindowReader(new MemoryRecording(Sensor, right, right, rightMap: wrongMap)));

        Assert.StartsWith("walk.h5: the rig 'bench' has 4×1 px, but its Left camera 3×1.", camera.Message, StringComparison.Ordinal);
        Assert.StartsWith("walk.h5: the rig 'bench' has 4×1 px, but its Right camera 4×1 and that camera's rectification map 2×1.", map.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_too_full_to_hold_is_refused_before_memory_is_taken()
    {
        var reader = new StereoWindowReader(new MemoryRecording(Sensor, new Claimed(first: 0, end: 1L << 40), new Claimed(0, 0)));

        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(new TimeWindow(0, 10)));

        Assert.StartsWith("walk.h5: the window [0, 10) µs holds 1099511627776 events of the Left camera; at most 67108864 are read at once. Read shorter windows.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_whose_times_do_not_ascend_are_refused()
    {
        var reader = new StereoWindowReader(new MemoryRecording(Sensor, new Claimed(first: 7, end: 3), new Claimed(0, 0)));

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => reader.Read(new TimeWindow(0, 10)));

        Assert.StartsWith("walk.h5: the Left camera's events are out of order near the window [0, 10) µs.", error.Message, StringComparison.Ordinal);
    }

    private static DvsEvent At(long timeUs) => new(timeUs, (ushort)(timeUs % 4), 0, Polarity.On);

    private static StereoWindowReader Reader(DvsEvent[] left, DvsEvent[] right) => new(new MemoryRecording(Sensor, left, right));

    private static IEnumerable<long> Times(ReadOnlyMemory<DvsEvent> events) => events.ToArray().Select(e => e.TimestampUs);

    /// <summary>A sequence that claims where times lie and holds nothing: up to 0 µs at <paramref name="first"/>, later at <paramref name="end"/>.</summary>
    private sealed class Claimed(long first, long end) : IEventSequence
    {
        public SensorSize Sensor => StereoWindowReaderTests.Sensor;

        public long Count => Math.Max(first, end);

        public long LowerBound(long timestampUs) => timestampUs <= 0 ? first : end;

        public void Read(long first, Span<DvsEvent> destination) => Assert.True(destination.IsEmpty, "nothing may be read");
    }
}
