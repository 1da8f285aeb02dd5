using System.Buffers.Binary;

namespace StereoSpike.Ingest;

/// <summary>Reads the headers of one captured packet.</summary>
/// <remarks>Link layers: Ethernet with VLAN tags, raw IP, BSD loopback, Linux cooked (1 and 2). Sources: IEEE 802.3 and 802.1Q; RFC 791, RFC 8200; the link types of tcpdump.org.</remarks>
internal static class PacketDecoder
{
    private const int Null = 0, Ethernet = 1, RawBsd = 12, RawOther = 14, Raw = 101, Loop = 108, LinuxCooked = 113, Ipv4 = 228, Ipv6 = 229, LinuxCooked2 = 276;
    private const int EtherIpv4 = 0x0800, EtherIpv6 = 0x86DD, EtherVlan = 0x8100, EtherQinQ = 0x88A8;
    private const int Tcp = 6, Udp = 17;

    /// <summary>How many bytes of a packet are worth reading.</summary>
    public const int MostBytes = 256;

    /// <summary>Whether a link type is read.</summary>
    public static bool Knows(int linkType) => linkType is Null or Ethernet or RawBsd or RawOther or Raw or Loop or LinuxCooked or Ipv4 or Ipv6 or LinuxCooked2;

    /// <summary>Reads headers.</summary>
    /// <returns>Whether it is an IP packet with whole headers; what it is instead is counted.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> packet, int linkType, long timestampUs, CaptureCounts counts, out PacketHeader header)
    {
        header = default;
        int type = LinkPayload(ref packet, linkType);
        bool whole = type switch
        {
            EtherIpv4 => TryIpv4(packet, timestampUs, out header),
            EtherIpv6 => TryIpv6(packet, timestampUs, out header),
            _ => false,
        };
        counts.Read += whole ? 1 : 0;
        counts.NotIp += type >= 0 && type is not (EtherIpv4 or EtherIpv6) ? 1 : 0;
        counts.Malformed += type < 0 || (type is EtherIpv4 or EtherIpv6 && !whole) ? 1 : 0;
        return whole;
    }

    /// <summary>Steps over the link layer; the kind of what follows, −1 if there is nothing.</summary>
    private static int LinkPayload(ref ReadOnlySpan<byte> packet, int linkType)
    {
        switch (linkType)
        {
            case Ethernet:
                return Typed(ref packet, 12);
            case LinuxCooked:
                return Typed(ref packet, 14);
            case LinuxCooked2:
                int kind = packet.Length >= 20 ? BinaryPrimitives.ReadUInt16BigEndian(packet) : -1;
                packet = packet[Math.Min(20, packet.Length)..];
                return kind;
            default:
                packet = packet[Math.Min(linkType is Null or Loop ? 4 : 0, packet.Length)..];
                return packet.IsEmpty ? -1 : (packet[0] >> 4) switch { 4 => EtherIpv4, 6 => EtherIpv6, _ => 0 };
        }
    }

    private static int Typed(ref ReadOnlySpan<byte> packet, int at)
    {
        for (; packet.Length >= at + 2; at += 4)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);
            if (type is not (EtherVlan or EtherQinQ))
            {
                packet = packet[(at + 2)..];
                return type;
            }
        }

        return -1;
    }

    private static bool TryIpv4(ReadOnlySpan<byte> ip, long timestampUs, out PacketHeader header)
    {
        header = default;
        int words = ip.Length >= 20 && ip[0] >> 4 == 4 ? 4 * (ip[0] & 15) : 0, length = words >= 20 ? BinaryPrimitives.ReadUInt16BigEndian(ip[2..]) : 0;
        if (words < 20 || ip.Length < words || length < words)
        {
            return false;
        }

        bool later = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x1FFF) != 0;
        return TryPorts(ip[words..], ip[9], later, Mapped(ip[12..]), Mapped(ip[16..]), timestampUs, length, out header);
    }

    private static bool TryIpv6(ReadOnlySpan<byte> ip, long timestampUs, out PacketHeader header)
    {
        header = default;
        if (ip.Length < 40 || ip[0] >> 4 != 6)
        {
            return false;
        }

        int length = 40 + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]), protocol = ip[6], at = 40;
        bool later = false;
        while (protocol is 0 or 43 or 44 or 60)   // hop by hop, routing, fragment, destination options
        {
            if (ip.Length < at + 8)
            {
                return false;
            }

            later |= protocol == 44 && (BinaryPrimitives.ReadUInt16BigEndian(ip[(at + 2)..]) & 0xFFF8) != 0;
            int size = protocol == 44 ? 8 : 8 * (1 + ip[at + 1]);
            protocol = ip[at];
            at += size;
        }

        return at <= ip.Length && TryPorts(ip[at..], (byte)protocol, later, BinaryPrimitives.ReadUInt128BigEndian(ip[8..]), BinaryPrimitives.ReadUInt128BigEndian(ip[24..]), timestampUs, length, out header);
    }

    private static bool TryPorts(ReadOnlySpan<byte> payload, byte protocol, bool later, UInt128 source, UInt128 destination, long timestampUs, int length, out PacketHeader header)
    {
        bool ports = protocol is Tcp or Udp && !later;
        header = default;
        if (ports && payload.Length < 4)
        {
            return false;
        }

        (ushort from, ushort to) = ports ? (BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt16BigEndian(payload[2..])) : ((ushort)0, (ushort)0);
        header = new PacketHeader(timestampUs, new PacketEndpoint(source, from), new PacketEndpoint(destination, to), protocol, length);
        return true;
    }

    private static UInt128 Mapped(ReadOnlySpan<byte> address) => new(0, 0xFFFF_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(address));
}
