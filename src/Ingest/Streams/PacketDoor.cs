using System.Diagnostics;

namespace StereoSpike.Ingest;

/// <summary>Where event packets come in that another transport brings, one a message: what is no packet is thrown away and counted.</summary>
/// <param name="sensor">The sensor that both cameras must have.</param>
/// <param name="faults">Where faults are counted.</param>
public sealed class PacketDoor(SensorSize sensor, StreamFaults faults)
{
    private readonly PacketReceiver _receiver = new(sensor, faults);

    /// <summary>Takes a message.</summary>
    /// <param name="packet">Its bytes; null begins anew: another sender may follow.</param>
    /// <param name="camera">Whose it must be.</param>
    /// <returns>What it says, valid until the next; null where it is no packet, or came before.</returns>
    public StreamBatch? Take(byte[]? packet, Camera camera)
    {
        if (packet is null)
        {
            _receiver.Reset();
            return StreamBatch.Restart(0, Stopwatch.GetTimestamp());
        }

        if (packet.Length >= EventPacket.HeadBytes && packet[5] != (byte)camera)
        {
            faults.AddMalformed();
            return null;
        }

        return _receiver.Take(packet, out StreamBatch? batch) is null ? batch : null;
    }
}
