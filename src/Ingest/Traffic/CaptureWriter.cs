using System.Buffers.Binary;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Writes packet headers as a pcap file of raw IPv4 packets; contents are left out, as a capture with a short snap length leaves them.</summary>
public static class CaptureWriter
{
    private const int Ip = 20, Tcp = 20, Udp = 8;

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="packets">Between IPv4 endpoints, TCP or UDP, at least as long as their headers and at most 65535 bytes, times from 0 on.</param>
    public static void Write(string path, IEnumerable<PacketHeader> packets)
    {
        ArgumentNullException.ThrowIfNull(packets);
        WholeFile.Write(path, stream =>
        {
            byte[] bytes = new byte[24];
            foreach ((int at, uint value) in new[] { (0, 0xA1B2C3D4u), (4, 0x00040002u), (16, 65535u), (20, 101u) })
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
            }

            stream.Write(bytes);
            foreach (PacketHeader packet in packets)
            {
                stream.Write(Bytes(packet));
            }
        });
    }

    private static byte[] Bytes(PacketHeader packet)
    {
        bool tcp = packet.Protocol == 6;
        int headers = Ip + (tcp ? Tcp : Udp);
        Guard.Within(packet.Length, headers, 65535, nameof(packet));
        byte[] bytes = new byte[16 + headers];
        foreach ((int at, uint value) in new[] { (0, (uint)(packet.TimestampUs / 1_000_000)), (4, (uint)(packet.TimestampUs % 1_000_000)), (8, (uint)headers), (12, (uint)packet.Length) })
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        }

        Span<byte> ip = bytes.AsSpan(16);
        (ip[0], ip[8], ip[9]) = (0x45, 64, packet.Protocol);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], (uint)packet.Source.Address);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], (uint)packet.Destination.Address);
        BinaryPrimitives.WriteUInt16BigEndian(ip[Ip..], packet.Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(ip[(Ip + 2)..], packet.Destination.Port);
        if (tcp)
        {
            ip[Ip + 12] = 0x50;   // five words of header
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[(Ip + 4)..], (ushort)(packet.Length - Ip));
        }

        return bytes;
    }
}
