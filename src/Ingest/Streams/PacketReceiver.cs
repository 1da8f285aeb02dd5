using System.Diagnostics;

namespace StereoSpike.Ingest;

/// <summary>Turns received packets into batches, and counts what is wrong with them.</summary>
/// <param name="sensor">The sensor that both cameras must have.</param>
/// <param name="faults">Where faults are counted.</param>
internal sealed class PacketReceiver(SensorSize sensor, StreamFaults faults)
{
    private readonly DvsEvent[] _events = new DvsEvent[EventPacket.MaximumEvents];
    private readonly PacketNumbers[] _numbers = new PacketNumbers[2];

    /// <summary>Forgets packets' numbers: another sender follows.</summary>
    public void Reset() => Array.Clear(_numbers);

    /// <summary>Takes a packet.</summary>
    /// <param name="packet">All of its bytes.</param>
    /// <param name="batch">What it says, valid until the next packet; meaningless where it is malformed or came before.</param>
    /// <returns>What is wrong with it, as a clause; null where it is sound.</returns>
    public string? Take(ReadOnlySpan<byte> packet, out StreamBatch? batch)
    {
        batch = null;
        if (EventPacket.Read(packet, sensor, _events, out EventPacketHead head) is { } wrong)
        {
            faults.AddMalformed();
            return wrong;
        }

        bool isNew = _numbers[(int)head.Camera].Take(head.Number, out int lost);
        faults.AddLost(lost);
        if (!isNew)
        {
            faults.AddRepeated(head.Count);
            return null;
        }

        long now = Stopwatch.GetTimestamp();
        batch = head.Kind != BatchKind.Events ? new StreamBatch(head.Kind, head.Camera, default, head.TimeUs, now) : StreamBatch.Of(head.Camera, _events.AsMemory(0, head.Count), now);
        return null;
    }
}
