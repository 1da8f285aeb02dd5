using System.Net;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Sorts packets into flows: same protocol, same two endpoints, whichever of them sends.</summary>
public static class FlowTable
{
    private const int MostPackets = 1 << 26;

    /// <summary>Sorts packets.</summary>
    /// <param name="packets">In the order of the capture.</param>
    /// <param name="source">What messages call the capture.</param>
    /// <returns>Flows in the order of their first packets.</returns>
    /// <exception cref="InvalidDataException">There are more packets than memory should be asked for.</exception>
    public static IReadOnlyList<TrafficFlow> Sort(IEnumerable<PacketHeader> packets, string source)
    {
        ArgumentNullException.ThrowIfNull(packets);
        var flows = new Dictionary<(PacketEndpoint, PacketEndpoint, byte), TrafficFlow>();
        var order = new List<TrafficFlow>();
        int count = 0;
        foreach (PacketHeader packet in packets)
        {
            if (++count > MostPackets)
            {
                throw BadFile.Error(source, "", $"holds more than {MostPackets} packets", "Cut it into pieces: editcap -i 3600 IN OUT");
            }

            (PacketEndpoint, PacketEndpoint, byte) key = packet.Source.Precedes(packet.Destination) ? (packet.Source, packet.Destination, packet.Protocol) : (packet.Destination, packet.Source, packet.Protocol);
            if (!flows.TryGetValue(key, out TrafficFlow? flow))
            {
                flows.Add(key, flow = new TrafficFlow($"{Protocol(packet.Protocol)} {Text(packet.Source)} > {Text(packet.Destination)}", packet.Source));
                order.Add(flow);
            }

            flow.Add(new FlowPacket(packet.TimestampUs, packet.Length, packet.Source == flow.Initiator));
        }

        return order;
    }

    private static string Protocol(byte number) => number switch { 6 => "TCP", 17 => "UDP", 1 => "ICMP", 50 => "ESP", 58 => "ICMPv6", _ => $"IP{number}" };

    private static string Text(PacketEndpoint end)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, end.Address);
        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, end.Port).ToString();
    }
}
