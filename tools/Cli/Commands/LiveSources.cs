using System.CommandLine;
using System.Globalization;
using StereoSpike.Fleet;
using StereoSpike.Hardware;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>What the verbs on live streams share: where events come from and how they are cut into windows.</summary>
internal static class LiveSources
{
    public const string SpeedDescription = "How fast a recording is replayed: 1 is as it was, 0.1 ten times slower, at most 1000; max waits for nothing.";

    private static readonly Option<string> Rig = new("--rig")
    {
        Description = $"The cameras of a live stream, where --calibration gives none: {string.Join(", ", SimulatedRigs.Names)}. A recording brings its own.",
    };

    private static readonly Option<double?> StepMs = new("--step-ms") { Description = "From one answer to the next, ms: the window's length, or a whole part of it for windows that overlap, such as 10." };
    private static readonly Option<double?> WindowMs = new("--window-ms") { Description = "Length of a window, ms; what the network was trained on is the one to take, and the default." };
    private static readonly Option<double> SkewMs = new("--skew-ms") { Description = "How far one camera may be behind the other before windows are answered without it, ms.", DefaultValueFactory = _ => new LiveSettings().MaximumSkewUs / 1e3 };
    private static readonly Option<double> ReorderMs = new("--reorder-ms") { Description = "How far back in time a camera's own events may come without being late, ms; answers wait that long." };
    private static readonly Option<QueuePolicy?> Queue = new("--queue") { Description = "What gives way when answers take too long: latest leaves the oldest waiting window out, lossless makes the source wait. Lossless with --speed max, else latest." };

    public static Option<bool> Loop { get; } = new("--loop") { Description = "Begin a recording again at its end." };

    public static Option<string> Speed { get; } = new("--speed") { Description = SpeedDescription, DefaultValueFactory = _ => "1" };

    public static Option<string?> Record { get; } = new("--record") { Description = "Keep the events that come in, as X.events, which replays like a stream." };

    /// <summary>The streams there are, for help texts.</summary>
    public static string Description { get; } = $"{EventStreams.Description} or {RigAddress.Description}";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Rig, Speed, Loop, StepMs, WindowMs, SkewMs, ReorderMs, Queue, Record, .. NatsOptions.Access];

    /// <summary>How a run is to answer.</summary>
    public static LiveSettings Settings(ParseResult arguments) => new()
    {
        StepUs = Microseconds(arguments.GetValue(StepMs), "--step-ms"),
        WindowUs = Microseconds(arguments.GetValue(WindowMs), "--window-ms"),
        MaximumSkewUs = Microseconds(arguments.GetValue(SkewMs), "--skew-ms"),
        ReorderUs = Microseconds(arguments.GetValue(ReorderMs), "--reorder-ms"),
        Queue = arguments.GetValue(Queue) ?? (double.IsPositiveInfinity(SpeedOf(arguments)) ? QueuePolicy.Lossless : QueuePolicy.Latest),
    };

    /// <summary>How fast to replay; infinity for max.</summary>
    public static double SpeedOf(ParseResult arguments)
    {
        string text = arguments.GetRequiredValue(Speed);
        return text == "max" ? double.PositiveInfinity
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double speed) && speed is > 0 and <= ReplaySource.MaximumSpeed ? speed
            : throw new ArgumentException($"--speed {text}: must be greater than 0 and at most {ReplaySource.MaximumSpeed:0}, or max.");
    }

    /// <summary>Opens a live stream, or a recording as one.</summary>
    /// <param name="arguments">The options.</param>
    /// <param name="source">A stream's name or a recording.</param>
    /// <param name="recording">The recording behind it, for its truth; null for a live stream. The caller disposes it after the stream.</param>
    /// <param name="staysAtEnd">Whether a recording stands still at its end.</param>
    public static IStereoSource Open(ParseResult arguments, string source, out IStereoRecording? recording, bool staysAtEnd = false)
    {
        recording = null;
        if (RigAddress.IsOne(source))
        {
            return new NatsSource(AddressOf(arguments, source), RigOf(arguments, source));
        }

        if (EventStreams.IsStream(source))
        {
            return EventStreams.Open(source, RigOf(arguments, source));
        }

        double speed = SpeedOf(arguments);
        recording = RecordingFiles.Open(source, arguments.GetValue(Deployment.Calibration));
        return new ReplaySource(recording) { Speed = speed, Loop = arguments.GetValue(Loop), StaysAtEnd = staysAtEnd };
    }

    /// <summary>A rig on a NATS server.</summary>
    public static RigAddress AddressOf(ParseResult arguments, string text) => RigAddress.Parse(text, url => NatsOptions.AddressOf(arguments, url));

    private static StereoRig RigOf(ParseResult arguments, string source) => (arguments.GetValue(Rig), arguments.GetValue(Deployment.Calibration)) switch
    {
        (null, { } folder) => StereoCalibration.OpenFolder(folder),
        ({ } name, null) => SimulatedRigs.Get(name),
        (null, null) => throw new ArgumentException($"{source}: a stream does not say which cameras it is of. Give --rig {string.Join(" or ", SimulatedRigs.Names)}, or --calibration with a folder."),
        _ => throw new ArgumentException("--rig and --calibration both say which cameras; give one."),
    };

    private static long? Microseconds(double? ms, string option) => ms is { } given ? Microseconds(given, option) : null;

    private static long Microseconds(double ms, string option) =>
        ms is >= 0 and <= 1e6 ? (long)Math.Round(ms * 1000) : throw new ArgumentException($"{option} must be from 0 to 1000000 ms.");
}
