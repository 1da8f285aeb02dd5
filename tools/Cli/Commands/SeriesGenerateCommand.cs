using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike series generate --out FOLDER</c></summary>
internal static class SeriesGenerateCommand
{
    private static readonly Option<string> Out = new("--out") { Description = "Folder to make; one folder a class goes into it.", Required = true };
    private static readonly Option<int> Sessions = new("--sessions") { Description = "Sessions of each class.", DefaultValueFactory = _ => 20 };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Length of a session, s.", DefaultValueFactory = _ => 120 };

    public static Command Make()
    {
        var command = new Command("generate", "Simulate internet sessions: five applications, each plain, in a VPN and in Tor, as captures in one folder a class.") { Out, Sessions, Seconds };
        command.SetAction((arguments, cancellation) => Task.Run(() => Run(arguments, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string folder = arguments.GetRequiredValue(Out);
        int sessions = Guard.Within(arguments.GetValue(Sessions), 1, 250, "--sessions"), seed = arguments.GetValue(CommonOptions.Seed);   // a session has an address of its own
        double seconds = Guard.Within(arguments.GetValue(Seconds), 1.0, 3600.0, "--seconds");
        long packets = 0;
        (TrafficApplication Application, TrafficTunnel Tunnel)[] classes = [.. Enum.GetValues<TrafficApplication>().SelectMany(application => Enum.GetValues<TrafficTunnel>().Select(tunnel => (application, tunnel)))];
        using var progress = new TerminalProgress("simulating");
        for (int i = 0; i < classes.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report(i, classes.Length);
            string name = $"{classes[i].Application}-{classes[i].Tunnel}".ToLowerInvariant();
            var all = new List<PacketHeader>();
            for (int session = 0; session < sessions; session++)
            {
                var here = new PacketEndpoint(Address(10, i, session), (ushort)(40_000 + session));
                var there = new PacketEndpoint(Address(198, i, session), 443);
                all.AddRange(TrafficSessions.Draw(classes[i].Application, classes[i].Tunnel, seconds, (seed * 1000) + session)
                    .Select(packet => new PacketHeader(packet.TimestampUs, packet.Forward ? here : there, packet.Forward ? there : here, 17, packet.Length)));
            }

            packets += all.Count;
            CaptureWriter.Write(Path.Combine(folder, name, "sessions.pcap"), all.OrderBy(packet => packet.TimestampUs));
        }

        Answer.Print(arguments, new JsonObject { ["folder"] = folder, ["classes"] = classes.Length, ["sessions"] = classes.Length * sessions, ["packets"] = packets });
        return Shell.Done;

        static UInt128 Address(int network, int kind, int session) => new(0, 0xFFFF_0000_0000UL | ((ulong)network << 24) | ((ulong)kind << 16) | ((ulong)session << 8) | 1);
    }
}
