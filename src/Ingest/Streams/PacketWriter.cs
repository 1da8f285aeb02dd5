namespace StereoSpike.Ingest;

/// <summary>Writes a stream's batches as event packets, to keep them in a file or to send them on.</summary>
/// <param name="sensor">Size of both cameras.</param>
/// <param name="write">Takes each packet's bytes, valid during the call.</param>
/// <param name="eventsAPacket">The most events of a packet, 1 to <see cref="EventPacket.MaximumEvents"/>: 181 fit a UDP datagram of Ethernet's 1,472 bytes.</param>
public sealed class PacketWriter(SensorSize sensor, Action<ReadOnlyMemory<byte>> write, int eventsAPacket = EventPacket.MaximumEvents)
{
    private readonly int _most = Guard.Within(eventsAPacket, 1, EventPacket.MaximumEvents, nameof(eventsAPacket));
    private readonly byte[] _packet = new byte[EventPacket.MaximumBytes];
    private readonly uint[] _numbers = new uint[2];

    /// <summary>Writes a batch: as many packets as its events take, one for a clock or a restart.</summary>
    /// <param name="batch">The batch; events are written as they are, also those off the sensor.</param>
    public void Write(in StreamBatch batch)
    {
        if (batch.Kind != BatchKind.Events)
        {
            write(_packet.AsMemory(0, EventPacket.WriteMark(_packet, batch.Kind, sensor, batch.Camera, _numbers[(int)batch.Camera]++, batch.TimeUs)));
        }

        ReadOnlySpan<DvsEvent> events = batch.Events.Span;
        while (events.Length > 0)
        {
            ReadOnlySpan<DvsEvent> some = events[..OfOnePacket(events)];
            events = events[some.Length..];
            int length = EventPacket.Write(_packet, sensor, batch.Camera, _numbers[(int)batch.Camera]++, some);
            write(_packet.AsMemory(0, length));
        }
    }

    /// <summary>How many events from the first fit a packet by their number and by how far apart their times are.</summary>
    private int OfOnePacket(ReadOnlySpan<DvsEvent> events)
    {
        long least = long.MaxValue, greatest = long.MinValue;
        int count = 0;
        for (; count < Math.Min(_most, events.Length); count++)
        {
            (least, greatest) = (Math.Min(least, events[count].TimestampUs), Math.Max(greatest, events[count].TimestampUs));
            if (greatest - least > uint.MaxValue)
            {
                break;
            }
        }

        return count;
    }
}
