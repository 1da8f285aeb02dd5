using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Traffic;

public class TrafficFlowTests
{
    private static readonly PacketEndpoint Here = new(1, 1000), There = new(2, 80);

    [Fact]
    public void Both_directions_are_one_flow_and_the_first_packet_says_which_is_forward()
    {
        PacketHeader[] packets = [Packet(1, There, Here, 100), Packet(2, Here, There, 50), Packet(3, new PacketEndpoint(1, 1001), There, 60)];

        IReadOnlyList<TrafficFlow> flows = FlowTable.Sort(packets, "a");

        Assert.Equal([2, 1], flows.Select(flow => flow.Packets.Count));
        Assert.Equal([true, false], flows[0].Packets.Select(packet => packet.Forward));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(39, 0)]
    [InlineData(40, 1)]
    [InlineData(89, 50)]
    [InlineData(90, 51)]
    [InlineData(99, 51)]
    [InlineData(589, 100)]
    [InlineData(590, 101)]
    [InlineData(1500, 146)]     // 101 + (1500 − 590)/20 = 146.5
    [InlineData(1569, 149)]
    [InlineData(9000, 149)]
    public void Sizes_fall_into_the_published_bins_in_both_directions(int length, int bin)
    {
        Assert.Equal(bin, FlowHistogramEncoder.Bin(length, true));
        Assert.Equal(150 + bin, FlowHistogramEncoder.Bin(length, false));
    }

    [Fact]
    public void Windows_start_every_quarter_minute_and_no_packet_of_theirs_is_lost()
    {
        // A packet a second for 100 s: windows at 0, 15, 30 and 45 s; the one at 60 s spans 39 s only.
        PacketHeader[] packets = [.. Enumerable.Range(0, 100).Select(second => Packet(second * 1_000_000L, second % 2 == 0 ? Here : There, second % 2 == 0 ? There : Here, 100))];

        (long StartUs, float[] Histogram)[] windows = [.. new FlowHistogramEncoder(new FlowHistogramSettings()).Encode(FlowTable.Sort(packets, "a")[0])];

        Assert.Equal([0L, 15_000_000, 30_000_000, 45_000_000], windows.Select(window => window.StartUs));
        Assert.Equal([60f, 60f, 60f, 55f], windows.Select(window => window.Histogram.Sum()));
        Assert.Equal(1f, windows[0].Histogram[(5 * 300) + 150 + 52]);   // second 1: step 5 of 200 ms; backward; 100 bytes
    }

    [Fact]
    public void A_silence_of_years_between_two_packets_is_stepped_over_and_what_follows_is_found()
    {
        const long Later = 136L * 365 * 86400 * 1_000_000;
        PacketHeader[] packets = [.. new[] { 0L, Later }.SelectMany(start => Enumerable.Range(0, 50).Select(second => Packet(start + (second * 1_000_000L), Here, There, 100)))];

        (long StartUs, float[] Histogram)[] windows = [.. new FlowHistogramEncoder(new FlowHistogramSettings()).Encode(FlowTable.Sort(packets, "a")[0])];

        Assert.Equal(50f, windows[0].Histogram.Sum());
        Assert.Contains(windows, window => window.StartUs > Later - 60_000_000 && window.Histogram.Sum() == 50f);
    }

    [Fact]
    public void A_written_capture_is_read_back()
    {
        using var folder = new TemporaryFolder();
        var here = new PacketEndpoint(new UInt128(0, 0xFFFF_0A00_0001), 1234);
        PacketHeader[] packets = [.. TrafficSessions.Draw(TrafficApplication.Video, TrafficTunnel.Plain, 20, 3).Select((packet, i) => new PacketHeader(
            packet.TimestampUs, packet.Forward ? here : here with { Port = 9 }, packet.Forward ? here with { Port = 9 } : here, (byte)(i % 2 == 0 ? 6 : 17), packet.Length))];

        CaptureWriter.Write(folder.File("a.pcap"), packets);

        Assert.Equal(packets, CaptureFile.Read(folder.File("a.pcap"), new CaptureCounts()));
    }

    [Theory]
    [InlineData(TrafficApplication.Voip)]
    [InlineData(TrafficApplication.Video)]
    [InlineData(TrafficApplication.File)]
    [InlineData(TrafficApplication.Chat)]
    [InlineData(TrafficApplication.Browsing)]
    public void Tunnels_change_sizes_as_they_say_and_a_seed_repeats_its_session(TrafficApplication application)
    {
        IReadOnlyList<FlowPacket> vpn = TrafficSessions.Draw(application, TrafficTunnel.Vpn, 60, 5), tor = TrafficSessions.Draw(application, TrafficTunnel.Tor, 60, 5);

        Assert.Equal(vpn, TrafficSessions.Draw(application, TrafficTunnel.Vpn, 60, 5));
        Assert.NotEqual(vpn, TrafficSessions.Draw(application, TrafficTunnel.Vpn, 60, 6));
        Assert.All(tor, packet => Assert.Contains(packet.Length, (int[])[566, 1080]));   // 52 + 514, 52 + 2·514
        Assert.All(vpn, packet => Assert.True(packet.Length is 85 or 1500 || packet.Length < 90 + 40 || (packet.Length - 57) % 16 == 0, $"{packet.Length}"));
        Assert.All(vpn.Zip(vpn.Skip(1)), pair => Assert.True(pair.First.TimestampUs <= pair.Second.TimestampUs));
    }

    private static PacketHeader Packet(long timeUs, PacketEndpoint from, PacketEndpoint to, int length) => new(timeUs, from, to, 6, length);
}
