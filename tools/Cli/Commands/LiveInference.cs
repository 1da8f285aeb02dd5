using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using StereoSpike.Files;
using StereoSpike.Fleet;
using StereoSpike.Hardware;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike infer SOURCE --stream</c>: depth from a live stream, written as it comes.</summary>
internal static class LiveInference
{
    private const string Statistics = "ndjson";

    private static readonly Option<bool> Stream = new("--stream") { Description = $"Answer live: from a recording at its own pace, or from {LiveSources.Description}." };

    private static readonly Option<string> Format = new Option<string>("--format")
    {
        Description = $"With --stream, what is written of each answer: {Statistics} (a line of figures), or the depth as png ({DepthPng.Coding}), npy (metres), pfm (metres) or ply (points where events are).",
        DefaultValueFactory = _ => Statistics,
    }.AcceptOnlyFromAmong([Statistics, .. Enum.GetNames<DepthFormat>().Select(name => name.ToLowerInvariant())]);

    private static readonly Option<bool> SupportedOnly = new("--supported-only") { Description = "With --stream, depth is unknown where no left event is within 4 px." };
    private static readonly Option<double?> Seconds = new("--seconds") { Description = "With --stream, end after so many seconds of the clock." };

    /// <summary>The options that go with --stream.</summary>
    public static IReadOnlyList<Option> All { get; } = [Stream, Format, SupportedOnly, Seconds, .. LiveSources.All];

    public static bool IsAsked(ParseResult arguments) => arguments.GetValue(Stream);

    /// <summary>Runs until the stream ends, the time is up, or it is interrupted; what was written stays.</summary>
    public static int Run(ParseResult arguments, string source, string weights, string target, CancellationToken interrupted)
    {
        double seconds = arguments.GetValue(Seconds) is { } given ? Guard.Above(given, 0.0, "--seconds") : double.PositiveInfinity;
        using IDepthEngine engine = Deployment.Start(arguments, weights);
        var pipeline = new LiveDepth(engine, weights);
        IStereoSource live = LiveSources.Open(arguments, source, out IStereoRecording? recording);
        using (recording)
        using (live)
        using (var ending = CancellationTokenSource.CreateLinkedTokenSource(interrupted))
        {
            if (double.IsFinite(seconds))
            {
                ending.CancelAfter(TimeSpan.FromSeconds(Math.Min(seconds, 1e6)));
            }

            if (arguments.GetValue(LiveSources.Record) is { } record)
            {
                WholeFile.Write(record, kept => Write(arguments, pipeline, new RecordingTap(live, kept), target, ending.Token));
            }
            else
            {
                Write(arguments, pipeline, live, target, ending.Token);
            }
        }

        Tell(arguments, pipeline, engine, target);
        return interrupted.IsCancellationRequested ? Shell.Interrupted : Shell.Done;
    }

    private static void Write(ParseResult arguments, LiveDepth pipeline, IStereoSource live, string target, CancellationToken ending)
    {
        string format = arguments.GetRequiredValue(Format);
        if (target == "-")
        {
            using System.IO.Stream output = Console.OpenStandardOutput();
            AnswerAll((_, bytes) => output.Write(bytes));
        }
        else if (target.StartsWith("tcp://", StringComparison.Ordinal))
        {
            using TcpClient client = Connect(target);
            NetworkStream output = client.GetStream();
            AnswerAll((_, bytes) => output.Write(bytes));
        }
        else if (RigAddress.IsOne(target))
        {
            PublishAll(arguments, target, format, AnswerAll, ending);
        }
        else if (format == Statistics)
        {
            WholeFile.Write(target, file => AnswerAll((_, bytes) => file.Write(bytes)));
        }
        else
        {
            string suffix = DepthBytes.Ending(Enum.Parse<DepthFormat>(format, ignoreCase: true));
            AnswerAll((frame, bytes) => WholeFile.Write(Path.Combine(target, string.Create(CultureInfo.InvariantCulture, $"{frame.Index:D6}{suffix}")), file => file.Write(bytes)));
        }

        void AnswerAll(Action<LiveFrame, byte[]> write) => AnswerAsync(arguments, pipeline, live, format, write, ending).GetAwaiter().GetResult();
    }

    private static void PublishAll(ParseResult arguments, string target, string format, Action<Action<LiveFrame, byte[]>> answerAll, CancellationToken ending)
    {
        NatsRig rig = NatsRig.OpenAsync(LiveSources.AddressOf(arguments, target), ending).GetAwaiter().GetResult();
        try
        {
            answerAll((frame, bytes) => rig.PublishAsync(format, frame.Index, frame.Window, bytes, ending).GetAwaiter().GetResult());
        }
        finally
        {
            rig.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static async Task AnswerAsync(ParseResult arguments, LiveDepth pipeline, IStereoSource live, string format, Action<LiveFrame, byte[]> write, CancellationToken ending)
    {
        using var progress = new TerminalProgress("frames");
        try
        {
            await foreach (LiveFrame frame in pipeline.Run(live, LiveSources.Settings(arguments), ending).ConfigureAwait(false))
            {
                write(frame, Encode(arguments, frame, format, live.Rig, pipeline.Counters!));
                progress.Report(frame.Index + 1, 0, string.Create(CultureInfo.InvariantCulture, $"{pipeline.Counters!.FramesPerSecond:F1} a second, {pipeline.Counters.EventsPerSecond / 1e6:F2} M events/s, {frame.LatencyMs:F0} ms behind, backlog {pipeline.Counters.Backlog}"));
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // a live stream ends when it is told to
        }
    }

    private static byte[] Encode(ParseResult arguments, LiveFrame frame, string format, StereoRig rig, LiveCounters counters)
    {
        if (format != Statistics)
        {
            DepthFormat kind = Enum.Parse<DepthFormat>(format, ignoreCase: true);
            return DepthBytes.Encode(kind, kind == DepthFormat.Ply || arguments.GetValue(SupportedOnly) ? frame.SupportedDepth() : frame.Depth, rig);
        }

        JsonObject line = LiveReport.Of(frame);
        line["backlog"] = counters.Backlog;
        line["windows_skipped"] = counters.SkippedWindows;
        line["events_late"] = counters.Events.Late;
        return Encoding.UTF8.GetBytes(line.ToJsonString() + "\n");
    }

    private static TcpClient Connect(string target)
    {
        IPEndPoint address = EventStreams.Address(target, target["tcp://".Length..]);
        var client = new TcpClient(address.AddressFamily) { NoDelay = true };
        try
        {
            client.Connect(address);
            return client;
        }
        catch (SocketException cause)
        {
            client.Dispose();
            throw new IOException($"{target}: nobody listens there ({cause.Message}). Start the receiver first, such as nc -l {address.Port}.", cause);
        }
    }

    private static void Tell(ParseResult arguments, LiveDepth pipeline, IDepthEngine engine, string target)
    {
        JsonObject result = LiveReport.Of(pipeline.Counters!);
        result["firing_rate"] = Deployment.FiringRate(engine);
        result["engine"] = engine.Name;
        result["out"] = target;
        if (target == "-")
        {
            Console.Error.WriteLine(result.ToJsonString());   // standard output is the answers'
        }
        else
        {
            Answer.Print(arguments, result);
        }
    }
}
