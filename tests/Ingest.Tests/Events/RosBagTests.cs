namespace StereoSpike.Ingest.Tests.Events;

public sealed class RosBagTests
{
    private static readonly SensorSize Sensor = new(346, 260);
    private static readonly DvsEvent[] Left = [new(5_000_000, 3, 4, Polarity.On), new(5_000_001, 345, 259, Polarity.Off), new(1_504_645_177_999_999, 0, 0, Polarity.On)];
    private static readonly DvsEvent[] Right = [new(7, 1, 1, Polarity.On)];

    [Theory]
    [InlineData("none")]
    [InlineData("lz4")]
    public void Messages_of_events_are_read_one_after_another(string compression)
    {
        byte[] bag = RosBagBytes.Write(compression, ("/events", RosBagBytes.EventArray(Sensor, Left[0])), ("/imu", ("sensor_msgs/Imu", [1, 2, 3])), ("/events", RosBagBytes.EventArray(Sensor, Left[1], Left[2])));

        Assert.Equal(Left, EventFileBytes.Read(bag, out IReadOnlyDictionary<string, long> dropped));
        Assert.Empty(dropped);
    }

    [Fact]
    public void Packets_of_EVT3_go_on_where_the_last_one_ended()
    {
        DvsEvent[] events = [new(100, 10, 20, Polarity.On), new(4_200, 11, 20, Polarity.On), new(40_000, 12, 21, Polarity.Off)];
        byte[] raw = EventFileBytes.Write(EventFormat.Evt3, Sensor, events);
        byte[] words = raw[(raw.AsSpan().IndexOf("% end\n"u8) + 6)..];
        int half = words.Length / 4 * 2;   // between two words, amid the events

        byte[] bag = RosBagBytes.Write("none", ("/events", RosBagBytes.EventPacket(Sensor, "evt3", words[..half])), ("/events", RosBagBytes.EventPacket(Sensor, "evt3", words[half..])));

        Assert.Equal(events, EventFileBytes.Read(bag));
    }

    [Fact]
    public void Two_cameras_are_told_apart_by_topic_or_refused_together()
    {
        byte[] bag = RosBagBytes.Write("none", ("/left", RosBagBytes.EventArray(Sensor, Left)), ("/right", RosBagBytes.EventArray(Sensor, Right)));

        Assert.Equal(Left, EventFileBytes.Read(bag, options: new EventFileOptions { Topic = "/left" }));
        Assert.Equal(Right, EventFileBytes.Read(bag, options: new EventFileOptions { Topic = "/right" }));
        Assert.Contains("--topic /right", Refusal(bag).Message, StringComparison.Ordinal);
        Assert.Contains("/right (dvs_msgs/EventArray)", Refusal(bag, "/middle").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_is_refused_by_name()
    {
        Assert.Contains("bz2", Refusal(RosBagBytes.Write("bz2", ("/events", RosBagBytes.EventArray(Sensor, Left)))).Message, StringComparison.Ordinal);
        Assert.Contains("mono", Refusal(RosBagBytes.Write("none", ("/events", RosBagBytes.EventPacket(Sensor, "mono", [1])))).Message, StringComparison.Ordinal);
        Assert.Contains("sensor_msgs/Imu", Refusal(RosBagBytes.Write("none", ("/imu", ("sensor_msgs/Imu", [1])))).Message, StringComparison.Ordinal);
        Assert.Contains("before 2.0", Refusal([.. "#ROSBAG V1.2\n"u8]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chunk_too_short_for_an_LZ4_frame_is_refused()
    {
        ReadOnlySpan<byte> head = [0x04, 0x22, 0x4D, 0x18, 0x60, 0x70, 0];
        byte[] unpacked = [];
        for (int length = 0; length <= head.Length; length++)
        {
            byte[] frame = [.. head[..length]];
            Exception refusal = Assert.ThrowsAny<Exception>(() => Lz4Frame.Unpack(frame, ref unpacked, 100));
            Assert.True(refusal is InvalidDataException or ArgumentOutOfRangeException, refusal.GetType().Name);
        }
    }

    private static InvalidDataException Refusal(byte[] bag, string? topic = null) =>
        Assert.Throws<InvalidDataException>(() => EventFileBytes.Read(bag, options: new EventFileOptions { Topic = topic }));
}
