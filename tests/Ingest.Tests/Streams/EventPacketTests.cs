using CsCheck;

namespace StereoSpike.Ingest.Tests.Streams;

public class EventPacketTests
{
    private static readonly SensorSize Sensor = new(346, 260);

    [Fact]
    public void A_packet_has_the_bytes_that_the_document_shows()
    {
        // Right camera, packet 5, t₀ = 1,000,000 µs = 0x0F4240; one ON event at x = 345 (0x159 | 0x8000), y = 259 (0x103), at t₀ + 0; one OFF event 258 µs (0x102) later at x = 1, y = 2.
        var bytes = new byte[EventPacket.MaximumBytes];

        int length = EventPacket.Write(bytes, Sensor, Camera.Right, 5, [new(1_000_000, 345, 259, Polarity.On), new(1_000_258, 1, 2, Polarity.Off)]);

        Assert.Equal("53534531" + "00" + "01" + "0200" + "05000000" + "5A01" + "0401" + "40420F0000000000" + "00000000" + "5981" + "0301" + "02010000" + "0100" + "0200", Convert.ToHexString(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void What_is_written_is_read_again() =>
        Gen.Select(Gen.Long[-1_000_000, 1_000_000], Gen.UInt, Gen.Int[0, 1], Gen.Select(Gen.UInt[0, 1_000_000], Gen.Int[0, 345], Gen.Int[0, 259], Gen.Int[0, 1]).Array[1, 200]).Sample((startUs, number, camera, drawn) =>
        {
            DvsEvent[] events = [.. drawn.Select(e => new DvsEvent(startUs + e.Item1, (ushort)e.Item2, (ushort)e.Item3, (Polarity)e.Item4))], read = new DvsEvent[EventPacket.MaximumEvents];
            var bytes = new byte[EventPacket.MaximumBytes];

            int length = EventPacket.Write(bytes, Sensor, (Camera)camera, number, events);

            Assert.Null(EventPacket.Read(bytes.AsSpan(0, length), Sensor, read, out EventPacketHead head));
            Assert.Equal((BatchKind.Events, (Camera)camera, events.Length, number), (head.Kind, head.Camera, head.Count, head.Number));
            Assert.Equal(events, read.AsSpan(0, head.Count));
        });

    [Fact]
    public void Whatever_bytes_come_a_packet_is_read_or_refused_in_a_clause()
    {
        var sound = new byte[EventPacket.MaximumBytes];
        sound = sound[..EventPacket.Write(sound, Sensor, Camera.Left, 1, [new(5, 6, 7, Polarity.On), new(6, 7, 8, Polarity.On)])];
        var events = new DvsEvent[EventPacket.MaximumEvents];
        Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Byte, Gen.Int[0, sound.Length + 1]).Sample((at, value, length) =>
        {
            byte[] damaged = [.. sound, 0];
            damaged[at] = value;

            string? wrong = EventPacket.Read(damaged.AsSpan(0, length), Sensor, events, out EventPacketHead head);

            Assert.True(wrong is null ? length == sound.Length && head.Count == 2 : wrong.Length > 10);
        });
    }

    [Theory]
    [InlineData(0, 0x54, "begins with 54534531 where a packet begins with 53534531 (SSE1)")]
    [InlineData(4, 3, "is of kind 3 where 0 (events), 1 (clock) and 2 (restart) are known")]
    [InlineData(4, 1, "is of kind 1, which has no events, and promises 1")]
    [InlineData(5, 2, "is of camera 2 where 0 (left) and 1 (right) are known")]
    [InlineData(7, 0xFF, "promises 65281 events where at most 8184 are allowed")]
    [InlineData(12, 0xF0, "is of a sensor of 496×260 px where 346×260 are expected")]
    [InlineData(23, 0x7F, "is of 9151314442816847877 µs where at most 9007199254740991 either way are allowed")]
    public void A_malformed_packet_is_refused_by_what_is_wrong(int at, byte value, string expected)
    {
        var packet = new byte[EventPacket.HeadBytes + EventPacket.EventBytes];
        EventPacket.Write(packet, Sensor, Camera.Left, 1, [new(5, 6, 7, Polarity.On)]);
        packet[at] = value;

        Assert.Equal(expected, EventPacket.Read(packet, Sensor, new DvsEvent[EventPacket.MaximumEvents], out _));
    }

    [Fact]
    public void Numbers_tell_lost_late_and_repeated_packets()
    {
        // 0, then 3: two are missing. 1 comes late: one is. 1 and 3 again: known. After the last number, 2³² − 1, comes 0.
        var numbers = new PacketNumbers();
        (bool, int)[] told = [.. new uint[] { 0, 3, 1, 1, 3, 4, 1_000_000, uint.MaxValue, 0 }.Select(number => (numbers.Take(number, out int lost), lost))];

        Assert.Equal([(true, 0), (true, 2), (true, -1), (false, 0), (false, 0), (true, 0), (true, 0), (true, 0), (true, 0)], told);
    }

    [Fact]
    public void One_damaged_number_does_not_shut_out_what_follows()
    {
        // 1000 among packets 1, 2, 3 …: those that follow look too old to be remembered, until the seventeenth in a row tells that the count goes on from there.
        var numbers = new PacketNumbers();
        numbers.Take(1, out _);
        numbers.Take(1_000, out _);

        bool[] taken = [.. Enumerable.Range(2, 30).Select(number => numbers.Take((uint)number, out _))];

        Assert.Equal(Enumerable.Range(0, 30).Select(i => i >= 16), taken);
    }
}
