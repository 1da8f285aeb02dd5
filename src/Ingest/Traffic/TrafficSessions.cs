namespace StereoSpike.Ingest;

/// <summary>Simulated internet sessions, for volume: five applications, each plain or hidden in one of two tunnels.</summary>
/// <remarks>
/// Not measured traffic: a model whose parameters stand here, drawn anew for each session, so that sessions of a class differ as people's do. Sizes are those of IP packets, in bytes; b and f are the ways to and from the initiator.
/// <code>
/// voip      beat 20, 30 or 40 ms; payload 40–180 ± 5 %; each side speaks for exp(1.2 s), rests for exp(0.8 s) with a packet of 60 every 160 ms
/// video     every 2–8 s a request of 300–900 f and 300–1200 kbit/s worth of packets of 1500 b at 10–30 Mbit/s, an acknowledgement of 52 f for every two
/// file      packets of 1500 one way at 300–1200 kbit/s in steps of a round trip of 20–120 ms, the rate falling by half at random every 10 s or so; acknowledgements of 52
/// chat      every exp(4–12 s) a message of 80–400 either way, an acknowledgement of 52, half the time answered after exp(2 s); a keep-alive of 60 every 25 s
/// browsing  every 5 + exp(10 s) a page of 4–20 objects: a request of 200–700 f, log-normal responses around 12 kB in packets of 1500 at 5–20 Mbit/s, acknowledgements of 52 for every two
/// vpn       length ← 57 + 16·⌈(length + 1)/16⌉, in two packets if above 1500; 85 both ways every 10 s
/// tor       payloads in cells of 514: 52 + 514·n, n up to 2; 50–400 ms of delay, different for each session, and batches every 10–40 ms
/// </code></remarks>
public static class TrafficSessions
{
    private const int Mtu = 1500, Acknowledgement = 52, Cell = 514, TorHeader = 52;

    /// <summary>Draws a session.</summary>
    /// <param name="application">What it is for.</param>
    /// <param name="tunnel">How it is hidden.</param>
    /// <param name="seconds">How long, greater than 0.</param>
    /// <param name="seed">Of its parameters and packets.</param>
    /// <returns>Packets by time from 0 on, µs.</returns>
    public static IReadOnlyList<FlowPacket> Draw(TrafficApplication application, TrafficTunnel tunnel, double seconds, int seed)
    {
        var draws = new SeededDraws((ulong)seed, (ulong)((16 * (int)application) + (int)tunnel));
        double endUs = 1e6 * Guard.Above(seconds, 0.0);
        var packets = new List<FlowPacket>();
        Action<SeededDraws, double, Action<double, int, bool>> model = application switch
        {
            TrafficApplication.Voip => Voip,
            TrafficApplication.Video => Video,
            TrafficApplication.File => File,
            TrafficApplication.Chat => Chat,
            _ => Browsing,
        };
        model(draws, endUs, (timeUs, length, forward) => packets.Add(new FlowPacket((long)timeUs, length, forward)));
        IEnumerable<FlowPacket> hidden = tunnel switch { TrafficTunnel.Vpn => Vpn(packets, endUs), TrafficTunnel.Tor => Tor(packets, draws), _ => packets };
        return [.. hidden.Where(packet => packet.TimestampUs < endUs).OrderBy(packet => packet.TimestampUs)];
    }

    private static void Voip(SeededDraws draws, double endUs, Action<double, int, bool> send)
    {
        double beatUs = 1e4 * (2 + draws.NextIndex(3)), payload = draws.Uniform(40.0, 180.0);
        foreach (bool forward in (bool[])[true, false])
        {
            for (double t = draws.Uniform(0.0, beatUs), until = t; t < endUs;)
            {
                for (until = t + (1e6 * draws.Exponential(1 / 1.2)); t < until && t < endUs; t += beatUs)
                {
                    send(t + draws.Uniform(0.0, 2000.0), Math.Max(40, (int)(28 + (payload * (1 + (0.05 * draws.Normal()))))), forward);
                }

                for (until = t + (1e6 * draws.Exponential(1 / 0.8)); t < until && t < endUs; t += 160_000)
                {
                    send(t, 60, forward);
                }
            }
        }
    }

    private static void Video(SeededDraws draws, double endUs, Action<double, int, bool> send)
    {
        double periodUs = 1e6 * draws.Uniform(2.0, 8.0), rate = draws.LogUniform(3e5, 1.2e6), link = draws.Uniform(10e6, 30e6);
        for (double t = draws.Uniform(0.0, periodUs); t < endUs; t += periodUs * draws.Uniform(0.9, 1.1))
        {
            send(t, (int)draws.Uniform(300.0, 900.0), true);
            Burst(send, t + 30_000, (int)(rate * periodUs / 8e6 / Mtu * draws.Uniform(0.7, 1.3)), link, false);
        }
    }

    private static void File(SeededDraws draws, double endUs, Action<double, int, bool> send)
    {
        bool upload = draws.Chance(0.5);
        double full = draws.LogUniform(3e5, 1.2e6), roundTripUs = draws.Uniform(20e3, 120e3), share = 1, owed = 0;
        for (double t = 0; t < endUs; t += roundTripUs)
        {
            share = draws.Chance(roundTripUs / 10e6) ? share / 2 : Math.Min(1, share + (0.01 * roundTripUs / 1e5));
            owed += full * share * roundTripUs / 8e6 / Mtu;
            Burst(send, t, (int)owed, 50e6, upload);
            owed -= (int)owed;
        }
    }

    private static void Chat(SeededDraws draws, double endUs, Action<double, int, bool> send)
    {
        double gapUs = 1e6 * draws.Uniform(4.0, 12.0);
        for (double t = 1e6 * draws.NextUnit(); t < endUs; t += gapUs * draws.Exponential(1))
        {
            bool forward = draws.Chance(0.5);
            Message(t, forward);
            if (draws.Chance(0.5))
            {
                Message(t + (1e6 * draws.Exponential(0.5)), !forward);
            }
        }

        for (double t = 25e6 * draws.NextUnit(); t < endUs; t += 25e6)
        {
            send(t, 60, true);
            send(t + 40_000, Acknowledgement, false);
        }

        void Message(double at, bool forward)
        {
            send(at, (int)draws.Uniform(80.0, 400.0), forward);
            send(at + 40_000, Acknowledgement, !forward);
        }
    }

    private static void Browsing(SeededDraws draws, double endUs, Action<double, int, bool> send)
    {
        double link = draws.Uniform(5e6, 20e6);
        for (double page = 1e6 * draws.NextUnit(); page < endUs; page += 1e6 * (5 + draws.Exponential(0.1)))
        {
            double t = page;
            for (int left = 4 + draws.NextIndex(17); left > 0; left--, t += draws.Uniform(5e3, 120e3))
            {
                send(t, (int)draws.Uniform(200.0, 700.0), true);
                double bytes = Math.Min(12_000 * Math.Exp(draws.Normal()), 300_000);
                Burst(send, t + 40_000, (int)(bytes / Mtu), link, false);
                send(t + 40_000 + (bytes * 8e6 / link), 52 + ((int)bytes % (Mtu - 52)), false);
            }
        }
    }

    /// <summary>Full packets at the link's rate, and an acknowledgement for every two.</summary>
    private static void Burst(Action<double, int, bool> send, double t, int count, double bitsPerSecond, bool forward)
    {
        for (int i = 0; i < count; i++, t += Mtu * 8e6 / bitsPerSecond)
        {
            send(t, Mtu, forward);
            if (i % 2 == 1)
            {
                send(t + 1000, Acknowledgement, !forward);
            }
        }
    }

    private static IEnumerable<FlowPacket> Vpn(List<FlowPacket> packets, double endUs)
    {
        foreach (FlowPacket packet in packets)
        {
            int length = 57 + (16 * ((packet.Length + 16) / 16));
            yield return packet with { Length = Math.Min(length, Mtu) };
            if (length > Mtu)
            {
                yield return packet with { Length = 40 + length - Mtu };
            }
        }

        for (double t = 0; t < endUs; t += 10e6)
        {
            yield return new FlowPacket((long)t, 85, true);
            yield return new FlowPacket((long)t + 30_000, 85, false);
        }
    }

    private static IEnumerable<FlowPacket> Tor(List<FlowPacket> packets, SeededDraws draws)
    {
        double delayUs = draws.Uniform(50e3, 400e3), batchUs = draws.Uniform(10e3, 40e3);
        foreach (IGrouping<(long, bool), FlowPacket> batch in packets.GroupBy(packet => ((long)(packet.TimestampUs / batchUs), packet.Forward)))
        {
            double bytes = batch.Sum(packet => Math.Max(packet.Length - 40, 0)), at = (batch.Key.Item1 * batchUs) + (delayUs * draws.Uniform(0.8, 1.5));
            for (int cells = (int)Math.Ceiling(bytes / (Cell - 16)); cells > 0; cells -= 2, at += 800)
            {
                yield return new FlowPacket((long)at, TorHeader + (Cell * Math.Min(cells, 2)), batch.Key.Item2);
            }
        }
    }
}
