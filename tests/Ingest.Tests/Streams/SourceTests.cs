using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StereoSpike.Ingest.Tests.Streams;

/// <summary>Live sources as senders meet them: real sockets, whole and broken packets.</summary>
public sealed class SourceTests : IDisposable
{
    private static readonly SensorSize Sensor = new(64, 48);
    private static readonly StereoRig Rig = SimulatedRigs.Custom(Sensor, focalPx: 50, baselineMetres: 0.1);
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(20));

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Packets_over_tcp_arrive_from_two_senders()
    {
        using var source = new TcpSource(AnyPort, Rig);
        Task<List<DvsEvent>[]> reading = ReadAsync(source, events: 4);
        using TcpClient left = await ConnectAsync(source), right = await ConnectAsync(source);

        await left.GetStream().WriteAsync(Packet(Camera.Left, 0, new(1, 2, 3, Polarity.On), new(2, 3, 4, Polarity.Off)));
        await right.GetStream().WriteAsync(Packet(Camera.Right, 0, new(1, 5, 6, Polarity.On), new(9, 7, 8, Polarity.On)));

        List<DvsEvent>[] read = await reading;
        Assert.Equal([new(1, 2, 3, Polarity.On), new(2, 3, 4, Polarity.Off)], read[0]);
        Assert.Equal([new(1, 5, 6, Polarity.On), new(9, 7, 8, Polarity.On)], read[1]);
    }

    [Fact]
    public async Task A_malformed_packet_closes_its_tcp_connection_and_the_next_one_is_served()
    {
        using var source = new TcpSource(AnyPort, Rig);
        Task<List<DvsEvent>[]> reading = ReadAsync(source, events: 2);
        using (TcpClient first = await ConnectAsync(source))
        {
            await first.GetStream().WriteAsync(Packet(Camera.Left, 0, new DvsEvent(1, 2, 3, Polarity.On)));
            await first.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n"u8.ToArray());
            Assert.Equal(0, await EndAsync(first));
        }

        using TcpClient second = await ConnectAsync(source);
        await second.GetStream().WriteAsync(Packet(Camera.Left, 0, new DvsEvent(2, 2, 3, Polarity.On)));

        Assert.Equal(2, (await reading)[0].Count);
        Assert.Equal((1, 2), (source.Faults.MalformedPackets, source.Faults.Connections));
    }

    [Fact]
    public async Task Connections_beyond_the_allowed_number_are_refused_and_counted()
    {
        using var source = new TcpSource(AnyPort, Rig);
        Task<List<DvsEvent>[]> reading = ReadAsync(source, events: 1);
        var clients = new List<TcpClient>();
        for (int i = 0; i < TcpSource.MaximumConnections; i++)
        {
            clients.Add(await ConnectAsync(source));
        }

        using (TcpClient refused = await ConnectAsync(source))
        {
            Assert.Equal(0, await EndAsync(refused));
        }

        Assert.Equal(1, source.Faults.RefusedConnections);
        await clients[0].GetStream().WriteAsync(Packet(Camera.Left, 0, new DvsEvent(1, 2, 3, Polarity.On)));
        await reading;
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Over_udp_malformed_lost_and_repeated_datagrams_are_counted_and_the_rest_arrives()
    {
        using var source = new UdpSource(AnyPort, Rig);
        Task<List<DvsEvent>[]> reading = ReadAsync(source, events: 3);
        using var sender = new UdpClient();
        foreach (byte[] datagram in new[]
        {
            Packet(Camera.Left, 0, new DvsEvent(1, 1, 1, Polarity.On)), Packet(Camera.Left, 3, new DvsEvent(2, 1, 1, Polarity.On)), Packet(Camera.Left, 3, new DvsEvent(2, 1, 1, Polarity.On)), [1, 2, 3],
            Packet(Camera.Left, 4, new DvsEvent(3, 1, 1, Polarity.On)),
        })
        {
            await sender.SendAsync(datagram, source.Address);
        }

        Assert.Equal([1L, 2, 3], (await reading)[0].Select(e => e.TimestampUs));
        Assert.Equal((1, 2, 1), (source.Faults.MalformedPackets, source.Faults.LostPackets, source.Faults.RepeatedEvents));
    }

    [Fact]
    public async Task Aestreams_words_are_read_with_and_without_times_and_a_port_a_camera()
    {
        // x = 5, y = 7, ON, without a time: 1 000000000000101 1 000000000000111 = 0x80058007. x = 6, y = 8, OFF, at 0x01020304 µs: 0x00060008, 0x01020304. Little endian.
        SpifSource source = OpenSpif();
        using SpifSource closing = source;
        Task<List<DvsEvent>[]> reading = ReadAsync(source, events: 2);
        using var sender = new UdpClient();

        await sender.SendAsync(new byte[] { 0x08, 0x00, 0x06, 0x00, 0x04, 0x03, 0x02, 0x01 }, source.Address(Camera.Left));
        await sender.SendAsync(new byte[] { 0x07, 0x80, 0x05, 0x80 }, source.Address(Camera.Right));
        await sender.SendAsync(new byte[] { 0x07, 0x80, 0x05 }, source.Address(Camera.Right));

        List<DvsEvent>[] read = await reading;
        Assert.Equal(new DvsEvent(0x01020304, 6, 8, Polarity.Off), Assert.Single(read[0]));
        DvsEvent untimed = Assert.Single(read[1]);
        Assert.Equal((5, 7, Polarity.On), (untimed.X, untimed.Y, untimed.Polarity));
        Assert.InRange(untimed.TimestampUs, 0, 20_000_000);
    }

    [Fact]
    public async Task A_pipe_is_read_to_its_end_and_refused_where_it_is_damaged()
    {
        byte[] sound = [.. Packet(Camera.Left, 0, new DvsEvent(1, 2, 3, Polarity.On)), .. Packet(Camera.Right, 0, new DvsEvent(1, 2, 3, Polarity.On))];

        Assert.Single((await ReadAsync(new PacketSource(new MemoryStream(sound), "pipe", Rig)))[1]);
        var cut = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new PacketSource(new MemoryStream(sound[..^3]), "pipe", Rig)));
        Assert.StartsWith("pipe: packet at byte 32: ends after 29 bytes of a packet of 32. ", cut.Message, StringComparison.Ordinal);
        var foreign = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new PacketSource(new MemoryStream(new byte[100]), "pipe", Rig)));
        Assert.Contains("begins with 00000000 where a packet begins with 53534531", foreign.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_tap_records_plays_again_as_it_was()
    {
        using MemoryRecording recording = Recording();
        using var target = new MemoryStream();

        List<DvsEvent>[] live = await ReadAsync(new RecordingTap(new ReplaySource(recording) { Speed = double.PositiveInfinity }, target));
        List<DvsEvent>[] again = await ReadAsync(new PacketSource(new MemoryStream(target.ToArray()), "kept", recording.Rig));

        Assert.NotEmpty(live[0]);
        Assert.Equal(live[0], again[0]);
        Assert.Equal(live[1], again[1]);
    }

    [Fact]
    public void A_port_in_use_is_told_with_what_to_do()
    {
        using var first = new TcpSource(AnyPort, Rig);

        var failure = Assert.Throws<IOException>(() => new TcpSource(first.Address, Rig));

        Assert.Equal($"tcp://{first.Address}: the port is in use. Take another, or end the program that has it.", failure.Message);
    }

    [Theory]
    [InlineData("tcp://localhost", "tcp://localhost: needs an address and a port, such as 127.0.0.1:4400, [::1]:4400, localhost:4400 or *:4400.")]
    [InlineData("udp://127.0.0.1:70000", "udp://127.0.0.1:70000: needs an address and a port, such as 127.0.0.1:4400, [::1]:4400, localhost:4400 or *:4400.")]
    [InlineData("ftp://x", "ftp://x: is no live stream. There are ")]
    public void A_name_that_is_no_streams_is_refused(string name, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ArgumentException>(() => EventStreams.Open(name, Rig)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_recording_plays_all_its_events_at_its_own_pace()
    {
        using MemoryRecording recording = Recording();
        long began = Stopwatch.GetTimestamp();

        List<DvsEvent>[] read = await ReadAsync(new ReplaySource(recording) { Speed = 2 });

        Assert.Equal(recording.Events(Camera.Left).Count, read[0].Count);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 145, 20_000);   // 300 ms at double speed; slower only where the machine is
    }

    [Fact]
    public async Task A_replay_can_be_stepped_sought_and_looped()
    {
        using MemoryRecording recording = Recording();
        var replay = new ReplaySource(recording) { Speed = double.PositiveInfinity, Paused = true, StaysAtEnd = true };
        await using IAsyncEnumerator<StreamBatch> batches = replay.ReadAsync(_limit.Token).GetAsyncEnumerator();

        Assert.True(await batches.MoveNextAsync());
        Assert.Equal(BatchKind.Restart, batches.Current.Kind);
        replay.Step(10_000);
        Assert.All(await UntilAsync(10_000), e => Assert.InRange(e.TimestampUs, 0, 9_999));
        replay.Seek(200_000);
        replay.Step(20_000);
        Assert.Equal(200_000, (await UntilAsync(220_000))[0].TimestampUs);
        replay.Loop = true;
        replay.Paused = false;
        await UntilAsync(300_000);
        while (batches.Current.Kind != BatchKind.Restart)
        {
            await batches.MoveNextAsync();
        }

        Assert.Equal(0, replay.PositionUs);

        async Task<List<DvsEvent>> UntilAsync(long timeUs)
        {
            var events = new List<DvsEvent>();
            do
            {
                Assert.True(await batches.MoveNextAsync());
                events.AddRange(batches.Current.Events.ToArray());
            }
            while (batches.Current is not { Kind: BatchKind.Clock, Camera: Camera.Right } clock || clock.TimeUs < timeUs);
            return events;
        }
    }

    private static MemoryRecording Recording()
    {
        DvsEvent[] events = [.. Enumerable.Range(0, 3_000).Select(i => new DvsEvent(i * 100, (ushort)(i % 64), (ushort)(i % 48), (Polarity)(i % 2)))];
        return new MemoryRecording(Sensor, events, [.. events.Where(e => e.X > 10)]) { Span = new TimeWindow(0, 300_000) };
    }

    private static SpifSource OpenSpif()
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return new SpifSource(AnyPort, Rig);
            }
            catch (IOException) when (tries < 10)
            {
                // the port after the free one was taken
            }
        }
    }

    /// <summary>Reads until so many events came, or to the end.</summary>
    private async Task<List<DvsEvent>[]> ReadAsync(IStereoSource source, int events = int.MaxValue)
    {
        List<DvsEvent>[] read = [[], []];
        await foreach (StreamBatch batch in source.ReadAsync(_limit.Token))
        {
            read[(int)batch.Camera].AddRange(batch.Events.ToArray());
            if (read[0].Count + read[1].Count >= events)
            {
                break;
            }
        }

        return read;
    }

    private async Task<TcpClient> ConnectAsync(TcpSource source)
    {
        var client = new TcpClient();
        await client.ConnectAsync(source.Address, _limit.Token);
        return client;
    }

    /// <summary>What reading a closed connection gives: 0, or a reset.</summary>
    private async Task<int> EndAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], _limit.Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static byte[] Packet(Camera camera, uint number, params DvsEvent[] events)
    {
        var bytes = new byte[EventPacket.MaximumBytes];
        return bytes[..EventPacket.Write(bytes, Sensor, camera, number, events)];
    }
}
