using System.Text;
using System.Text.Json.Nodes;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using StereoSpike.EndToEnd.Tests;
using StereoSpike.Ingest;
using StereoSpike.Tests;

namespace StereoSpike.Fleet.Tests;

/// <summary>Live streams over a real NATS server.</summary>
public sealed class StreamTests : IDisposable
{
    private static readonly SensorSize Sensor = SimulatedRigs.Get("davis240").Sensor;
    private readonly TemporaryFolder _store = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _limit.Dispose();
        _store.Dispose();
    }

    [NatsFact]
    public async Task The_last_minutes_come_again_as_they_were_and_messages_of_others_are_refused_and_counted()
    {
        using var server = new NatsServer(_store.Path);
        await using NatsFleet fleet = await NatsFleet.OpenAsync(server.Address, "lab");   // the same server has fleets' queues
        RigAddress lab = Lab(server, lastSeconds: 60);
        byte[][] packets = [.. Enumerable.Range(0, 40).Select(i => Packet((Camera)(i % 2), i / 2))];
        await using (NatsRig rig = await NatsRig.OpenAsync(lab))
        {
            foreach (byte[] packet in packets)
            {
                await rig.SendEventsAsync(packet);
            }

            await rig.FlushAsync();
        }

        // No packet; the right camera's on the left one's subject; another sensor's; one that came before; another rig's.
        await using (NatsConnection stranger = await server.Address.ConnectAsync())
        {
            var context = new NatsJSContext(stranger);
            await context.PublishAsync("stereospike.v1.lab.left.events", "buy now"u8.ToArray());
            await context.PublishAsync("stereospike.v1.lab.left.events", Packet(Camera.Right, 90));
            await context.PublishAsync("stereospike.v1.lab.left.events", Packet(Camera.Left, 91, new SensorSize(7, 7)));
            await context.PublishAsync("stereospike.v1.lab.left.events", packets[2]);
            await context.PublishAsync("stereospike.v1.other.left.events", Packet(Camera.Left, 92));
            await context.PublishAsync("stereospike.v1.lab.right.events", Packet(Camera.Right, 20));
        }

        using var source = new NatsSource(lab, SimulatedRigs.Get("davis240"));
        List<(Camera, long)> read = await ReadAsync(source, until: 41);

        Assert.Equal([.. packets.Select((_, i) => ((Camera)(i % 2), i / 2L)), (Camera.Right, 20L)], read);
        Assert.Equal((3L, 1L, 0L), (source.Faults.MalformedPackets, source.Faults.RepeatedEvents, source.Faults.LostPackets));
    }

    [NatsFact]
    public async Task A_server_that_dies_and_comes_back_costs_a_stream_no_packet()
    {
        using var server = new NatsServer(_store.Path);
        await using NatsRig rig = await NatsRig.OpenAsync(Lab(server));
        using var source = new NatsSource(Lab(server), SimulatedRigs.Get("davis240"));
        var read = new List<(Camera, long)>();
        Task reading = ReadAsync(source, int.MaxValue, read, _limit.Token);
        int sent = 0;
        while (read.Count == 0)
        {
            await rig.SendEventsAsync(Packet(Camera.Left, sent++), _limit.Token);   // what is sent before somebody listens is for those who ask for the last minutes
            await Task.Delay(50);
        }

        long first = read[0].Item2;
        for (int i = 0; i < 60; i++)
        {
            if (i is 20 or 40)
            {
                server.KillAndRestart();
            }

            await rig.SendEventsAsync(Packet(Camera.Left, sent++), _limit.Token);
        }

        await rig.FlushAsync(_limit.Token);
        await Eventually(() => read.Count == sent - first);
        Assert.Equal(Enumerable.Range((int)first, read.Count).Select(number => (Camera.Left, (long)number)), read.Order());   // around an outage packets may change places
        Assert.False(reading.IsCompleted);
    }

    [NatsFact]
    public async Task Of_a_group_one_worker_answers_a_rig_and_another_goes_on_where_it_died()
    {
        using var server = new NatsServer(_store.Path);
        await using NatsRig rig = await NatsRig.OpenAsync(Lab(server));
        TimeSpan term = TimeSpan.FromSeconds(1);
        await using NatsConnection connection = await server.Address.ConnectAsync();
        INatsKVStore leases = await new NatsKVContext(new NatsJSContext(connection)).CreateStoreAsync("stereospike_rigs");
        for (int i = 0; i < 5; i++)
        {
            await rig.SendEventsAsync(Packet(Camera.Left, i));
        }

        await rig.FlushAsync();

        // A worker that had read three messages when it was killed.
        RigLease dead = await RigLease.TakeAsync(leases, () => Task.FromResult<IReadOnlyList<string>>(["lab"]), "dead", term, _limit.Token);
        using (var dying = new CancellationTokenSource())
        {
            Task keeping = dead.KeepAsync(() => 3, dying.Token);
            await Task.Delay(300);
            await dying.CancelAsync();
            await keeping;
        }

        // Another takes any rig that nobody answers, after a term of silence; a third waits for as long as that one lives.
        using var second = new NatsSource(Lab(server) with { Rig = RigAddress.Any }, SimulatedRigs.Get("davis240"), term);
        using var third = new NatsSource(Lab(server), SimulatedRigs.Get("davis240"), term);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token);
        var secondRead = new List<(Camera, long)>();
        Task reading = ReadAsync(second, int.MaxValue, secondRead, ending.Token);
        await Eventually(() => secondRead.Count == 2);
        Assert.Equal([(Camera.Left, 3L), (Camera.Left, 4L)], secondRead);
        Task<List<(Camera, long)>> waiting = ReadAsync(third, until: 1);
        await Task.Delay(2 * term);
        await rig.SendEventsAsync(Packet(Camera.Left, 5));
        await Eventually(() => secondRead.Count == 3);
        Assert.False(waiting.IsCompleted);

        // It says goodbye, and the third has what comes then.
        await ending.CancelAsync();
        await reading.ContinueWith(_ => { }, TaskScheduler.Default);
        for (int i = 6; !waiting.IsCompleted; i++)
        {
            await rig.SendEventsAsync(Packet(Camera.Left, i), _limit.Token);
            await Task.Delay(100);
        }

        Assert.True((await waiting)[0].Item2 >= 6);
    }

    [NatsFact]
    public async Task A_sent_recording_is_answered_through_the_server_with_every_event_accounted_for()
    {
        using var server = new NatsServer(_store.Path);
        string recording = _store.File("small_data.hdf5"), lab = $"{server.Url}/lab";
        Program.Run("simulate", recording, "--rig", "davis240", "--scene", "boxes", "--seconds", "0.3", "--json").Good();
        var answers = new List<(string Frame, string Line)>();
        await using NatsConnection listener = await server.Address.ConnectAsync();
        await using INatsSub<byte[]> subscription = await listener.SubscribeCoreAsync<byte[]>("stereospike.v1.lab.answers.ndjson");

        JsonObject sent = Program.Run("send", recording, lab, "--speed", "max", "--json").Good();
        JsonObject result = [];
        foreach (string seconds in (string[])["8", "25", "75"])   // a stream has no end of its own, and a busy machine is slow to begin
        {
            while (subscription.Msgs.TryRead(out _))
            {
                // of a run that was too short
            }

            result = Program.Run("infer", lab + "?last=600", "--stream", "--rig", "davis240", "--weights", "davis240", "--step-ms", "50", "--queue", "lossless", "--seconds", seconds, "--threads", "1", "--out", lab, "--json").Good();
            if ((long)result["events"]!["in"]! >= (long)sent["events_sent"]! && (int)result["backlog"]! == 0)
            {
                break;
            }
        }

        while (subscription.Msgs.TryRead(out NatsMsg<byte[]> message))
        {
            answers.Add(((string)message.Headers!["Stereospike-Frame"]!, Encoding.UTF8.GetString(message.Data!)));
            Assert.Equal("1", message.Headers["Stereospike-Schema"]);
            Assert.Equal((long)JsonNode.Parse(answers[^1].Line)!["time_us"]!, long.Parse((string)message.Headers["Stereospike-End-Us"]!, System.Globalization.CultureInfo.InvariantCulture));
        }

        JsonNode events = result["events"]!;
        Assert.Equal((long)sent["events_sent"]!, (long)events["in"]!);
        Assert.Equal((long)events["in"]!, (long)events["used"]! + (long)events["skipped"]! + (long)events["off_sensor"]! + (long)events["late"]! + (long)events["waiting"]!);
        Assert.InRange((int)result["frames"]!, 3, 100);
        Assert.Equal(Enumerable.Range(0, (int)result["frames"]!).Select(frame => $"{frame}"), answers.Select(answer => answer.Frame));
    }

    [Theory]
    [InlineData("nats://host:4222", "names no rig")]
    [InlineData("nats://host:4222/", "names no rig")]
    [InlineData("nats://host:4222/a.b", "names no rig")]
    [InlineData("nats://host:4222/lab?first=3", "there can be last=SECONDS")]
    [InlineData("nats://host:4222/lab?last=-3", "there can be last=SECONDS")]
    public void A_rig_is_named_plainly(string text, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Parse(text)).Message, StringComparison.Ordinal);
        Assert.Equal(("nats://ann:secret@host:4222", "lab-1", 2.5), (Parse("nats://ann:secret@host:4222/lab-1?last=2.5").Server.Url, Parse("nats://h/lab-1").Rig, Parse("nats://h/l?last=2.5").LastSeconds));

        static RigAddress Parse(string text) => RigAddress.Parse(text, url => new NatsAddress { Url = url });
    }

    private static RigAddress Lab(NatsServer server, double lastSeconds = 0) => new(server.Address, "lab", lastSeconds);

    /// <summary>A packet of one event, whose number and time are the same.</summary>
    private static byte[] Packet(Camera camera, long number, SensorSize? sensor = null)
    {
        var packet = new byte[EventPacket.HeadBytes + EventPacket.EventBytes];
        EventPacket.Write(packet, sensor ?? Sensor, camera, (uint)number, [new DvsEvent(number, 1, 2, Polarity.On)]);
        return packet;
    }

    private async Task<List<(Camera, long)>> ReadAsync(NatsSource source, int until)
    {
        var read = new List<(Camera, long)>();
        await ReadAsync(source, until, read, _limit.Token);
        return read;
    }

    private static async Task ReadAsync(NatsSource source, int until, List<(Camera, long)> read, CancellationToken cancellation)
    {
        await foreach (StreamBatch batch in source.ReadAsync(cancellation))
        {
            if (batch.Kind == BatchKind.Events)
            {
                read.Add((batch.Camera, batch.Events.Span[0].TimestampUs));
                if (read.Count == until)
                {
                    return;
                }
            }
        }
    }

    private async Task Eventually(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(50, _limit.Token);
        }
    }
}
