using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using StereoSpike.Files;
using StereoSpike.Fleet;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike send RECORDING TARGET</c>: a recording as a live stream for others.</summary>
internal static class SendCommand
{
    private const int DatagramEvents = 181;   // with its head 1,472 bytes: what an Ethernet frame holds of UDP
    private static readonly Argument<string> Target = new("TARGET") { Description = "Where event packets (docs/live.md) go: - (standard output), tcp://HOST:PORT, udp://HOST:PORT, nats://HOST:4222/RIG, or a file X.events." };

    public static Command Make()
    {
        var command = new Command("send", "Send a recording's events as a live stream, at its own pace or another.") { Deployment.Recording, Target, Deployment.Calibration, LiveSources.Speed, LiveSources.Loop };
        foreach (Option option in NatsOptions.Access)
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string target = arguments.GetRequiredValue(Target);
        using IStereoRecording recording = RecordingFiles.Open(arguments.GetRequiredValue(Deployment.Recording), arguments.GetValue(Deployment.Calibration));
        using var source = new ReplaySource(recording) { Speed = LiveSources.SpeedOf(arguments), Loop = arguments.GetValue(LiveSources.Loop) };
        long events = 0;
        switch (target.Split("://"))
        {
            case ["-"]:
                using (Stream output = Console.OpenStandardOutput())
                {
                    events = Send(source, packet => output.Write(packet.Span), EventPacket.MaximumEvents, cancellation);
                }

                Console.Error.WriteLine($"{events} events sent.");
                return Shell.Done;
            case ["tcp", var host]:
                using (var client = new TcpClient())
                {
                    Connect(target, () => client.Connect(EventStreams.Address(target, host)));
                    events = Send(source, packet => client.GetStream().Write(packet.Span), EventPacket.MaximumEvents, cancellation);
                }

                break;
            case ["udp", var host]:
                IPEndPoint address = EventStreams.Address(target, host);
                using (var client = new UdpClient(address.AddressFamily))
                {
                    Connect(target, () => client.Connect(address));
                    events = Send(source, packet => client.Send(packet.Span), DatagramEvents, cancellation);
                }

                break;
            case ["nats" or "tls", _]:
                events = SendToRig(arguments, source, target, cancellation);
                break;
            default:
                if (Path.GetExtension(target) != ".events")
                {
                    throw new ArgumentException($"{target}: is neither -, tcp://HOST:PORT, udp://HOST:PORT, nats://HOST:4222/RIG nor a file X.events.");
                }

                WholeFile.Write(target, file => events = Send(source, packet => file.Write(packet.Span), EventPacket.MaximumEvents, cancellation));
                break;
        }

        Answer.Print(arguments, new JsonObject { ["events_sent"] = events, ["out"] = target });
        return Shell.Done;
    }

    private static long SendToRig(ParseResult arguments, ReplaySource source, string target, CancellationToken cancellation)
    {
        NatsRig rig = NatsRig.OpenAsync(LiveSources.AddressOf(arguments, target), cancellation).GetAwaiter().GetResult();
        try
        {
            long events = Send(source, packet => rig.SendEventsAsync(packet, cancellation).GetAwaiter().GetResult(), EventPacket.MaximumEvents, cancellation);
            rig.FlushAsync(cancellation).GetAwaiter().GetResult();
            return events;
        }
        finally
        {
            rig.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static long Send(ReplaySource source, Action<ReadOnlyMemory<byte>> write, int eventsAPacket, CancellationToken cancellation)
    {
        using var progress = new TerminalProgress("sending");
        var writer = new PacketWriter(source.Rig.Sensor, write, eventsAPacket);
        long events = 0;
        foreach (StreamBatch batch in source.ReadAsync(cancellation).ToBlockingEnumerable(cancellation))
        {
            writer.Write(batch);
            events += batch.Events.Length;
            progress.Report(source.PositionUs - source.Span.StartUs, source.Span.DurationUs);
        }

        return events;
    }

    private static void Connect(string target, Action connect)
    {
        try
        {
            connect();
        }
        catch (SocketException cause)
        {
            throw new IOException($"{target}: nobody listens there ({cause.Message}). Start the receiver first, such as stereospike serve {target} --rig mvsec --weights mvsec.", cause);
        }
    }
}
