using CsCheck;

namespace StereoSpike.Ingest.Tests.Events;

/// <summary>What is written is read back: the same events, in the same order, to the microsecond.</summary>
public sealed class RoundTripTests
{
    private static readonly SensorSize Sensor = new(1280, 720);

    /// <summary>Events in time order with runs along rows, many at one instant, and pauses of up to an hour.</summary>
    private static readonly Gen<DvsEvent[]> Recording = Gen.Select(Gen.Int[0, 1_000], Gen.Int[0, 719], Gen.Int[0, 9], Gen.Bool, Gen.Int[0, 99]).Array[0, 400].Select(steps =>
    {
        var events = new DvsEvent[steps.Length];
        long timeUs = 0;
        (int x, int y) = (0, 0);
        for (int i = 0; i < steps.Length; i++)
        {
            (int gapUs, int row, int jump, bool on, int odds) = steps[i];
            timeUs += odds switch { < 60 => 0, < 90 => gapUs, < 97 => 20_000L * gapUs, _ => 3_600_000L * gapUs };
            (x, y) = odds < 60 ? ((x + jump) % Sensor.Width, y) : (gapUs, row);
            events[i] = new DvsEvent(timeUs, (ushort)x, (ushort)y, on || odds < 50 ? Polarity.On : Polarity.Off);
        }

        return events;
    });

    [Theory]
    [InlineData(EventFormat.Evt2)]
    [InlineData(EventFormat.Evt3)]
    [InlineData(EventFormat.Aedat4)]
    public void Nothing_is_lost_on_the_way_through_a_file(EventFormat format) => Recording.Sample(
        events =>
        {
            byte[] file = EventFileBytes.Write(format, Sensor, events);

            Assert.Equal(events, EventFileBytes.Read(file, out IReadOnlyDictionary<string, long> dropped));
            Assert.Empty(dropped);
            Assert.Equal(format, EventFiles.Detect("a file without an ending", file));
        },
        iter: 300);

    [Fact]
    public void Nothing_is_lost_through_DAT_within_its_71_minutes() => Recording.Where(events => events.Length == 0 || events[^1].TimestampUs <= uint.MaxValue).Sample(
        events => Assert.Equal(events, EventFileBytes.Read(EventFileBytes.Write(EventFormat.Dat, Sensor, events))),
        iter: 100);

    [Fact]
    public void Text_is_read_back_by_the_reader_of_text()
    {
        DvsEvent[] events = [new(0, 1, 2, Polarity.On), new(5, 30, 20, Polarity.Off), new(1_504_645_177_000_000, 0, 239, Polarity.On)];
        using var stream = new MemoryStream();
        IEventWriter writer = EventFiles.Create(stream, EventFormat.Text, new SensorSize(240, 240), commas: true);
        writer.Write(events);
        writer.Complete();

        Assert.Equal("t,x,y,p\n0,1,2,1\n5,30,20,0\n1504645177000000,0,239,1\n", System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void A_pause_longer_than_the_clock_is_bridged_by_words_that_move_it()
    {
        // EVT 3.0's clock wraps after 16.8 s; a minute later is three wraps on.
        DvsEvent[] events = [new(0, 1, 1, Polarity.On), new(60_000_000, 1, 1, Polarity.On)];

        Assert.Equal(events, EventFileBytes.Read(EventFileBytes.Write(EventFormat.Evt3, Sensor, events)));
    }

    [Fact]
    public void Neighbours_share_a_vector()
    {
        DvsEvent[] events = [.. Enumerable.Range(0, 12).Select(i => new DvsEvent(0, (ushort)(100 + i), 5, Polarity.On))];

        int vector = EventFileBytes.Write(EventFormat.Evt3, Sensor, events).Length, one = EventFileBytes.Write(EventFormat.Evt3, Sensor, events[0]).Length;

        Assert.Equal(one + 2, vector);   // base and vector, four bytes, in place of one event, two
    }

    [Theory]
    [MemberData(nameof(WrittenFormats))]
    public void An_event_that_would_not_come_back_is_refused(EventFormat format)
    {
        Assert.Throws<ArgumentException>(() => EventFileBytes.Write(format, Sensor, new DvsEvent(5, 1, 1, Polarity.On), new DvsEvent(4, 1, 1, Polarity.On)));
        Assert.Throws<ArgumentException>(() => EventFileBytes.Write(format, Sensor, new DvsEvent(5, 1280, 1, Polarity.On)));
    }

    public static TheoryData<EventFormat> WrittenFormats => [.. EventFileBytes.Written];
}
