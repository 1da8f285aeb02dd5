using System.Runtime.InteropServices;
using System.Text;

namespace StereoSpike.Ingest.Tests.Events;

/// <summary>Each format's records, worked out by hand from its specification.</summary>
public sealed class DecoderTests
{
    private static readonly SensorSize Sensor = new(640, 480);

    [Fact]
    public void EVT2_words_are_events_between_the_words_that_move_the_clock()
    {
        // 0x8…3: time 3·64 = 192 µs. An ON event 5 µs later at (10, 20), an OFF one at 63: x 639, y 479. A trigger (10) is passed over. The first event comes before any time.
        uint[] words = [Evt2(1, 0, 1, 1), 0x8000_0003, Evt2(1, 5, 10, 20), 0xA000_0001, Evt2(0, 63, 639, 479), Evt2(1, 0, 640, 0)];

        List<DvsEvent> events = EventFileBytes.Read(File("% evt 2.0\n% geometry 640x480\n% end\n", words), out IReadOnlyDictionary<string, long> dropped);

        Assert.Equal([new DvsEvent(197, 10, 20, Polarity.On), new DvsEvent(255, 639, 479, Polarity.Off)], events);
        Assert.Equal([("before_first_time", 1L), ("off_sensor", 1L)], dropped.Select(loss => (loss.Key, loss.Value)).Order());
    }

    [Fact]
    public void A_header_from_before_formats_had_names_is_enough()
    {
        Assert.Equal([new DvsEvent(64, 3, 4, Polarity.On)], EventFileBytes.Read(File("% Date 2020-09-14 09:03:25\n% evt 2.0\n", [0x8000_0001, Evt2(1, 0, 3, 4)])));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(";endianness=legacy", true)]
    public void EVT21_words_hold_up_to_32_pixels_of_a_row(string more, bool exchanged)
    {
        // Time 2·64 µs; then ON, 7 µs, x = 100, y = 50, pixels 0, 1 and 31 valid.
        ulong[] words = [(8UL << 60) | (2UL << 32), (1UL << 60) | (7UL << 54) | (100UL << 43) | (50UL << 32) | 0x8000_0003];
        words = [.. words.Select(word => exchanged ? ulong.RotateLeft(word, 32) : word)];

        List<DvsEvent> events = EventFileBytes.Read(File($"% format EVT21{more};height=480;width=640\n% end\n", words));

        Assert.Equal([100, 101, 131], events.Select(e => (int)e.X));
        Assert.All(events, e => Assert.Equal((135L, (ushort)50, Polarity.On), (e.TimestampUs, e.Y, e.Polarity)));
    }

    [Fact]
    public void EVT3_words_are_fields_that_stay_until_they_change()
    {
        ushort[] words =
        [
            0x2001,   // an event before any time: dropped
            0x8001, 0x6005,   // time 4096 + 5
            0x0014,   // row 20
            0x2000 | 0x800 | 10,   // ON at column 10
            0x7123, 0xE456, 0xF789, 0xA001,   // continued, others, continued, a trigger: passed over
            0x2000 | 11,   // OFF at column 11
            0x3000 | 0x800 | 100, 0x4000 | 0b1000_0000_0001, 0x5000 | 0b1000_0001,   // ON from 100: 100 and 111, then from 112: 112 and 119
            0x8001,   // the same upper bits again leave the lower
            0x2000 | 12,
            0x8002,   // the next set them to 0
            0x2000 | 13,
        ];

        List<DvsEvent> events = EventFileBytes.Read(File("% format EVT3;height=480;width=640\n% end\n", words), out IReadOnlyDictionary<string, long> dropped);

        Assert.Equal(
            [
                new DvsEvent(4101, 10, 20, Polarity.On), new DvsEvent(4101, 11, 20, Polarity.Off), new DvsEvent(4101, 100, 20, Polarity.On), new DvsEvent(4101, 111, 20, Polarity.On),
                new DvsEvent(4101, 112, 20, Polarity.On), new DvsEvent(4101, 119, 20, Polarity.On), new DvsEvent(4101, 12, 20, Polarity.Off), new DvsEvent(8192, 13, 20, Polarity.Off),
            ],
            events);
        Assert.Equal(1, dropped["before_first_time"]);
    }

    [Fact]
    public void A_24_bit_clock_goes_on_after_its_wrap_and_a_glitch_adds_nothing()
    {
        // Upper bits 4095, then 2: a wrap, so 4096 + 2. Then 1: a step back of one, no wrap.
        ushort[] words = [0x8FFF, 0x0001, 0x2001, 0x8002, 0x2001, 0x8001, 0x2001];

        List<DvsEvent> events = EventFileBytes.Read(File("% format EVT3;height=480;width=640\n% end\n", words));

        Assert.Equal([4095L << 12, 4098L << 12, 4097L << 12], events.Select(e => e.TimestampUs));
    }

    [Fact]
    public void DAT_records_are_events_of_64_bits()
    {
        ulong[] words = [1000 | (303UL << 32) | (239UL << 46) | (1UL << 60), 0xFFFF_FFFF, 5];   // then the clock wraps

        List<DvsEvent> events = EventFileBytes.Read([.. File("% Width 304\n% Height 240\n", (byte[])[0x0C, 8]), .. MemoryMarshal.AsBytes(words.AsSpan())]);

        Assert.Equal([new DvsEvent(1000, 303, 239, Polarity.On), new DvsEvent(0xFFFF_FFFF, 0, 0, Polarity.Off), new DvsEvent(0x1_0000_0005, 0, 0, Polarity.Off)], events);
    }

    [Fact]
    public void Bin_records_are_events_of_40_bits()
    {
        // x 10, y 20, ON, time 0x010203 = 66 051 µs; then x 33, y 33, OFF, 1 µs later.
        List<DvsEvent> events = EventFileBytes.Read([10, 20, 0x81, 2, 3, 33, 33, 0x01, 2, 4], "digit.bin");

        Assert.Equal([new DvsEvent(66_051, 10, 20, Polarity.On), new DvsEvent(66_052, 33, 33, Polarity.Off)], events);
    }

    [Fact]
    public void Event_stream_bytes_add_up_to_times()
    {
        // Two overflows of 127 µs, a mark, an ON event 3 µs later at x = 258, y = 1 from the bottom of 240 rows.
        byte[] file = [.. "Event Stream"u8, 2, 0, 0, 1, 64, 1, 240, 0, 0xFF, 0xFF, 0xFE, (3 << 1) | 1, 2, 1, 1, 0];

        Assert.Equal([new DvsEvent(257, 258, 238, Polarity.On)], EventFileBytes.Read(file));
    }

    [Theory]
    [InlineData("% format EVT4;height=720;width=1280\n% end\n", "says the format EVT4; EVT2, EVT21 and EVT3 are read")]
    [InlineData("#!AER-DAT2.0\r\n", "names no chip (AEChip)")]
    [InlineData("#ROSBAG V1.2\n", "is a ROS bag of a version before 2.0")]
    [InlineData("Event Stream\u0002\u0000\u0000\u0002@@@@", "is not that of DVS events")]
    [InlineData("nothing known", "is of no kind that is known here")]
    public void What_is_not_read_is_refused_by_name(string start, string message)
    {
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => EventFileBytes.Read(Encoding.Latin1.GetBytes(start), "odd.raw"));

        Assert.StartsWith("odd.raw", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    private static uint Evt2(uint kind, uint low, uint x, uint y) => (kind << 28) | (low << 22) | (x << 11) | y;

    private static byte[] File<T>(string header, T[] words)
        where T : unmanaged => [.. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes(words.AsSpan())];
}
