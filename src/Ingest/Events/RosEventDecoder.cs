using System.Buffers.Binary;

namespace StereoSpike.Ingest;

/// <summary>The events of ROS 1 EventArray messages.</summary>
/// <remarks>13 bytes an event: x, y (16 bits each), seconds, nanoseconds (32 bits each), polarity (8). Source: dvs_msgs/Event of rpg_dvs_ros; prophesee_event_msgs has the same.</remarks>
internal sealed class RosEventDecoder(SensorSize sensor) : IEventDecoder
{
    internal const int Bytes = 13;
    private const long UsPerSecond = 1_000_000;
    private const uint NsPerUs = 1000;

    public int MostEventsPerRecord => 1;

    public int RecordBytes => Bytes;

    public EventLosses Losses { get; } = new();

    public (int Taken, int Written) Decode(ReadOnlySpan<byte> bytes, Span<DvsEvent> events)
    {
        int records = bytes.Length / Bytes, i = 0, written = 0;
        for (; i < records && written < events.Length; i++)
        {
            ReadOnlySpan<byte> record = bytes.Slice(i * Bytes, Bytes);
            (ushort x, ushort y) = (BinaryPrimitives.ReadUInt16LittleEndian(record), BinaryPrimitives.ReadUInt16LittleEndian(record[2..]));
            long timeUs = (BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) * UsPerSecond) + (BinaryPrimitives.ReadUInt32LittleEndian(record[8..]) / NsPerUs);
            events[written] = new DvsEvent(timeUs, x, y, record[12] != 0 ? Polarity.On : Polarity.Off);
            written += sensor.Contains(x, y) ? 1 : 0;
        }

        Losses.OffSensor += i - written;
        return (i * Bytes, written);
    }
}
