using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using StereoSpike.Files;
using StereoSpike.Hardware;
using StereoSpike.Ingest;
using StereoSpike.Serve;

namespace StereoSpike.Cli;

/// <summary><c>stereospike serve SOURCE --weights FILE</c>: a live page, and HTTP for other programs.</summary>
internal static class ServeCommand
{
    private const string TokenVariable = "STEREOSPIKE_TOKEN";
    private static readonly Argument<string> Source = new("SOURCE") { Description = $"{RecordingFiles.Description} Or a live stream: {LiveSources.Description}." };
    private static readonly Option<int> Port = new("--port") { Description = "The port to answer on; 0 takes a free one.", DefaultValueFactory = _ => 8080 };
    private static readonly Option<string> Address = new("--address") { Description = "The address to answer on: 127.0.0.1 is for this machine alone; * is for all who have the token.", DefaultValueFactory = _ => "127.0.0.1" };
    private static readonly Option<string?> Token = new("--token") { Description = $"What everyone must bring; the environment variable {TokenVariable} says it without showing it in lists of processes. On an address open to other machines one is drawn where none is given." };

    public static Command Make()
    {
        var command = new Command("serve", "Show depth live in a browser: events, depth, plots, counters, and a time line for recordings. Ctrl-C ends it.")
        {
            Source, Deployment.Weights, Deployment.Engine, Deployment.Int8, Deployment.Calibration, Port, Address, Token,
        };
        foreach (Option option in LiveSources.All)
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => Task.Run(() => RunAsync(arguments, cancellation), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string weights = arguments.GetRequiredValue(Deployment.Weights), source = arguments.GetRequiredValue(Source);
        IPEndPoint address = EventStreams.Address("--address", $"{arguments.GetRequiredValue(Address)}:{Guard.Within(arguments.GetValue(Port), 0, IPEndPoint.MaxPort, "--port")}");
        bool open = !IPAddress.IsLoopback(address.Address);
        string? token = arguments.GetValue(Token) ?? Environment.GetEnvironmentVariable(TokenVariable) ?? (open ? RandomNumberGenerator.GetHexString(32, lowercase: true) : null);
        var settings = new ServeSettings { Address = address, Token = token };
        settings.Check();
        using IDepthEngine engine = Deployment.Start(arguments, weights);
        using IStereoSource live = LiveSources.Open(arguments, source, out IStereoRecording? recording, staysAtEnd: true);
        using (recording)
        using (IStereoRecording? truth = recording is null or SimulatedRecording ? recording : RecordingFiles.Open(source, arguments.GetValue(Deployment.Calibration)))
        {
            if (arguments.GetValue(LiveSources.Record) is { } record)
            {
                if (recording is not null)
                {
                    throw new ArgumentException("--record keeps a live stream; this is a recording already. Use stereospike send to make a stream of it.");
                }

                WholeFile.Write(record, kept => ServeAsync(arguments, engine, weights, new RecordingTap(live, kept), null, settings, cancellation).GetAwaiter().GetResult());
            }
            else
            {
                await ServeAsync(arguments, engine, weights, live, truth, settings, cancellation);
            }
        }

        return Shell.Interrupted;
    }

    private static async Task ServeAsync(ParseResult arguments, IDepthEngine engine, string weights, IStereoSource source, IStereoRecording? truth, ServeSettings settings, CancellationToken cancellation)
    {
        var pipeline = new LiveDepth(engine, weights);
        await using (var session = new LiveSession(pipeline, source, LiveSources.Settings(arguments), truth))
        await using (LiveServer server = await LiveServer.StartAsync(session, settings))
        {
            string host = IPAddress.IsLoopback(settings.Address.Address) ? server.Address.Host : Dns.GetHostName();
            Console.Error.WriteLine($"Open http://{host}:{server.Address.Port}/{(settings.Token is null ? "" : $"?token={settings.Token}")} in a browser. Ctrl-C ends.");
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (pipeline.Counters is { } counters)
        {
            Answer.Print(arguments, LiveReport.Of(counters));
        }
    }
}
