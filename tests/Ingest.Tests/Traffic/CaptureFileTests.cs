using System.Buffers.Binary;
using System.Net;
using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Traffic;

public class CaptureFileTests
{
    // Ethernet, IPv4, UDP from 10.0.0.1:5000 to 10.0.0.2:53, 60 bytes of IP; the contents are not captured.
    private static readonly byte[] Udp = Convert.FromHexString("AABBCCDDEEFF112233445566" + "0800" + "4500003C000000004011" + "0000" + "0A000001" + "0A000002" + "1388" + "0035" + "00280000");

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Times_and_lengths_are_read_in_both_byte_orders_and_resolutions(bool bigEndian, bool nanoseconds)
    {
        byte[] file = Pcap(1, bigEndian, nanoseconds, (3, nanoseconds ? 250_000_000 : 250_000, Udp));
        var counts = new CaptureCounts();

        PacketHeader header = Assert.Single(CaptureFile.Read(new MemoryStream(file), "a.pcap", counts));

        Assert.Equal(3_250_000, header.TimestampUs);
        Assert.Equal((60, (byte)17, (ushort)5000, (ushort)53), (header.Length, header.Protocol, header.Source.Port, header.Destination.Port));
        Assert.Equal((1L, 1L, 0L, 0L), (counts.Packets, counts.Read, counts.NotIp, counts.Malformed));
        Assert.Equal("UDP 10.0.0.1:5000 > 10.0.0.2:53", FlowTable.Sort([header], "a.pcap")[0].Name);
    }

    [Fact]
    public void Tags_of_virtual_networks_are_stepped_over()
    {
        byte[] tagged = [.. Udp.AsSpan(0, 12), 0x88, 0xA8, 0, 5, 0x81, 0, 0, 7, .. Udp.AsSpan(12)];

        Assert.Equal(60, Assert.Single(CaptureFile.Read(new MemoryStream(Pcap(1, false, false, (0, 0, tagged))), "a.pcap", new CaptureCounts())).Length);
    }

    [Fact]
    public void Extensions_of_IPv6_are_stepped_over()
    {
        // 40 bytes of header, hop by hop (8), destination options (16), then TCP from port 443; the payload length is 24 + 100.
        byte[] ip = [0x60, 0, 0, 0, 0, 124, 0, 64, .. IPAddress.Parse("2001:db8::1").GetAddressBytes(), .. IPAddress.Parse("2001:db8::2").GetAddressBytes(), 60, 0, 0, 0, 0, 0, 0, 0, 6, 1, .. new byte[14], 0x01, 0xBB, 0xC0, 0x00];

        PacketHeader header = Assert.Single(CaptureFile.Read(new MemoryStream(Pcap(101, false, false, (0, 0, ip))), "a.pcap", new CaptureCounts()));

        Assert.Equal((164, (byte)6, (ushort)443, (ushort)0xC000), (header.Length, header.Protocol, header.Source.Port, header.Destination.Port));
    }

    [Fact]
    public void What_is_not_IP_and_what_is_cut_off_is_counted_and_does_not_stop_the_reading()
    {
        byte[] arp = [.. Udp.AsSpan(0, 12), 0x08, 0x06, .. new byte[28]], cut = Udp[..30], lying = [.. Udp];
        lying[14] = 0x4F;   // 15 words of header in a packet of 28 bytes
        var counts = new CaptureCounts();

        Assert.Single(CaptureFile.Read(new MemoryStream(Pcap(1, false, false, (0, 0, arp), (1, 0, cut), (2, 0, lying), (3, 0, Udp))), "a.pcap", counts));
        Assert.Equal((4L, 1L, 1L, 2L), (counts.Packets, counts.Read, counts.NotIp, counts.Malformed));
    }

    [Fact]
    public void Pcapng_takes_each_interface_at_its_own_resolution_and_steps_over_blocks_it_does_not_know()
    {
        // Two interfaces: raw IP in nanoseconds, Ethernet in microseconds by default. A name resolution block (4) lies between.
        byte[] file =
        [
            .. Block(0x0A0D0D0A, [.. Le(0x1A2B3C4D), 1, 0, 0, 0, .. Le(0xFFFFFFFF), .. Le(0xFFFFFFFF)]),
            .. Block(1, [101, 0, 0, 0, .. Le(0), 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]),
            .. Block(1, [1, 0, 0, 0, .. Le(0)]),
            .. Block(4, [1, 2, 3, 4]),
            .. Block(6, [.. Le(0), .. Le(0), .. Le(5_000), .. Le((uint)Udp.Length - 14), .. Le(60), .. Padded(Udp[14..])]),
            .. Block(6, [.. Le(1), .. Le(0), .. Le(7), .. Le((uint)Udp.Length), .. Le(74), .. Padded(Udp)]),
        ];

        long[] times = [.. CaptureFile.Read(new MemoryStream(file), "a.pcapng", new CaptureCounts()).Select(header => header.TimestampUs)];

        Assert.Equal([5L, 7L], times);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("not a capture", "no pcap or pcapng")]
    public void What_is_no_capture_is_refused(string text, string found)
    {
        string message = Assert.Throws<InvalidDataException>(() => CaptureFile.Read(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)), "a.pcap", new CaptureCounts()).Count()).Message;

        Assert.StartsWith("a.pcap", message, StringComparison.Ordinal);
        Assert.Contains(found, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_of_a_link_that_is_not_read_is_refused_by_its_number()
    {
        Assert.Contains("link type: is 105", Assert.Throws<InvalidDataException>(() => CaptureFile.Read(new MemoryStream(Pcap(105, false, false)), "a.pcap", new CaptureCounts()).Count()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_capture_is_read_or_refused_and_never_costs_more_memory_than_its_packets(bool pcapng)
    {
        byte[] whole = pcapng
            ? [.. Block(0x0A0D0D0A, [.. Le(0x1A2B3C4D), 1, 0, 0, 0, .. Le(0xFFFFFFFF), .. Le(0xFFFFFFFF)]), .. Block(1, [1, 0, 0, 0, .. Le(0), 9, 0, 1, 0, 6, 0, 0, 0]), .. Block(6, [.. Le(0), .. Le(0), .. Le(7), .. Le((uint)Udp.Length), .. Le(74), .. Padded(Udp)])]
            : Pcap(1, false, false, (1, 2, Udp), (3, 4, Udp));
        var damage = Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 6];
        Gen.Select(damage, Gen.Int[0, whole.Length]).Sample((changes, length) =>
        {
            byte[] file = [.. whole.AsSpan(0, length)];
            foreach ((int at, byte value) in changes.Where(change => change.Item1 < file.Length))
            {
                file[at] = value;
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = CaptureFile.Read(new MemoryStream(file), "seed", new CaptureCounts()).Count();
            }
            catch (InvalidDataException refusal)
            {
                Assert.StartsWith("seed", refusal.Message, StringComparison.Ordinal);
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        }, iter: FuzzInputs.Count(5000), threads: 1);
    }

    [DataFact("traffic/netflix.pcap")]
    public void A_real_capture_has_the_packets_and_flows_that_nDPI_counted()
    {
        // netflix.pcap.out: 4 + 814 + 16 + 1 + 2 + 956 packets by protocol, 60 flows by inspection and 1 by port.
        var counts = new CaptureCounts();
        IReadOnlyList<TrafficFlow> flows = FlowTable.Sort(CaptureFile.Read(TestData.Path("traffic/netflix.pcap"), counts), "netflix.pcap");

        Assert.Equal((1793L, 1793L), (counts.Packets, counts.Read));
        Assert.Equal(61, flows.Count);
        Assert.Contains(flows, flow => flow.Name == "TCP 192.168.1.7:53171 > 23.246.3.140:80" && flow.Packets.Count(packet => packet.Forward) == 21 && flow.Packets.Count(packet => !packet.Forward) == 34);
    }

    private static byte[] Pcap(uint link, bool bigEndian, bool nanoseconds, params (uint Seconds, int Fraction, byte[] Bytes)[] packets)
    {
        byte[] Word(uint value)
        {
            byte[] bytes = Le(value);
            return bigEndian ? [.. bytes.Reverse()] : bytes;
        }

        return
        [
            .. Word(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4), .. bigEndian ? [0, 2, 0, 4] : new byte[] { 2, 0, 4, 0 }, .. Word(0), .. Word(0), .. Word(65535), .. Word(link),
            .. packets.SelectMany(packet => (byte[])[.. Word(packet.Seconds), .. Word((uint)packet.Fraction), .. Word((uint)packet.Bytes.Length), .. Word(74), .. packet.Bytes]),
        ];
    }

    private static byte[] Block(uint type, byte[] body) => [.. Le(type), .. Le((uint)body.Length + 12), .. body, .. Le((uint)body.Length + 12)];

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[(4 - (bytes.Length % 4)) % 4]];

    private static byte[] Le(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
