using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike convert</c></summary>
internal static class ConvertCommand
{
    private const long PieceUs = 1_000_000;
    private static readonly Argument<string> In = new("IN") { Description = RecordingFiles.Description };
    private static readonly Argument<string> Out = new("OUT") { Description = "X_data.hdf5, or a name that becomes one; X_gt.hdf5 goes beside it. Or one camera's events: .raw (EVT 3.0), .dat, .aedat4, .npz, columns in HDF5 (--to dsec), .txt, .csv; - is standard output." };
    private static readonly Option<string?> To = new Option<string?>("--to") { Description = "What to write: mvsec, evt2, evt3, dat, aedat4, dsec, npz, txt or csv; told by OUT's ending if left out, MVSEC where that says nothing." }.AcceptOnlyFromAmong(["mvsec", .. EventFileConversion.Formats.Keys]);
    private static readonly Option<string?> Calibration = new("--calibration") { Description = "Calibration folder of an MVSEC recording (SCENE_calib)." };
    private static readonly CameraEvents Source = new();

    public static Command Make()
    {
        var command = new Command("convert", "Write a recording in MVSEC layout, its events rectified; or one camera's events as RAW, DAT, AEDAT 4 or text, as they are. Lost events are counted by reason.") { In, Out };
        foreach (Option option in Settings)
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    /// <summary>The data file that a name stands for.</summary>
    public static string DataPath(string name) => RecordingFiles.IsHdf5(name) ? name : name + "_data.hdf5";

    /// <summary>What a fleet may set.</summary>
    public static IReadOnlyList<Option> Settings { get; } = [To, Calibration, .. Source.All];

    /// <summary>The name of a fleet's output of a recording.</summary>
    /// <param name="recording">The recording's name.</param>
    /// <param name="to">What --to says.</param>
    public static string OutputName(string recording, string? to) => to switch
    {
        null or "mvsec" => DataPath(recording),
        "evt2" or "evt3" => recording + ".raw",
        "dsec" => recording + ".h5",
        _ => $"{recording}.{to}",
    };

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        if (arguments.GetRequiredValue(Out) != CameraEvents.Pipe)
        {
            return Answer.Of(arguments, Work, cancellation);
        }

        Work(arguments, name => new TerminalProgress(name), cancellation);   // standard output is the events'
        return Shell.Done;
    }

    /// <summary>Converts, and returns what the command prints.</summary>
    public static JsonObject Work(ParseResult arguments, Stage stage, CancellationToken cancellation)
    {
        string source = arguments.GetRequiredValue(In), output = arguments.GetRequiredValue(Out);
        if (EventFileConversion.KindOf(output, arguments.GetValue(To)) is { } kind)
        {
            return EventFileConversion.Run(Source.Open(arguments, source, cancellation), output, kind, cancellation);
        }

        using IStereoRecording recording = RecordingFiles.Open(source, arguments.GetValue(Calibration), Source.Text.Over(arguments, geometryNeeded: true));
        var windows = new StereoWindowReader(recording);
        StereoRig rectified = recording.Rig with { LeftMap = null, RightMap = null };
        string target = DataPath(output);
        using var writer = new MvsecWriter(target, rectified, calibration: null, recording.OriginUs) { TruthWindowUs = recording.TruthWindowUs };
        using (TerminalProgress progress = stage("converting"))
        {
            CopyEvents(recording, windows, writer, progress, cancellation);
            CopyDepths(recording, writer, cancellation);
            writer.Complete();
        }

        return Result(recording, windows, writer, target);
    }

    private static void CopyEvents(IStereoRecording recording, StereoWindowReader windows, MvsecWriter writer, TerminalProgress progress, CancellationToken cancellation)
    {
        foreach (TimeWindow piece in WindowGrid.Cover(recording.Span, PieceUs))
        {
            cancellation.ThrowIfCancellationRequested();
            StereoWindow window = windows.Read(piece);
            writer.WriteEvents(Camera.Left, window.Left.Span);
            writer.WriteEvents(Camera.Right, window.Right.Span);
            progress.Report(piece.EndUs - recording.Span.StartUs, recording.Span.DurationUs);
        }
    }

    private static void CopyDepths(IStereoRecording recording, MvsecWriter writer, CancellationToken cancellation)
    {
        foreach (Camera camera in ((Camera[])[Camera.Left, Camera.Right]).Where(recording.HasDepth))
        {
            for (int label = 0; label < recording.LabelTimesUs.Count; label++)
            {
                cancellation.ThrowIfCancellationRequested();
                writer.WriteDepth(camera, recording.LabelTimesUs[label], recording.ReadDepth(label, camera));
            }
        }
    }

    private static JsonObject Result(IStereoRecording recording, StereoWindowReader windows, MvsecWriter writer, string target)
    {
        EventTally left = windows.Tally(Camera.Left), right = windows.Tally(Camera.Right);
        var dropped = new JsonObject { ["left_the_rectified_image"] = left.Dropped + right.Dropped };
        long before = 0;
        if (recording is StereoEventList text)
        {
            foreach ((string reason, long count) in text.Counts.Dropped)
            {
                dropped[reason] = count;
                before += count;
            }

            if (text.Counts.LooksOneBased)
            {
                Console.Error.WriteLine("No column or row is 0 and one is as large as the sensor: the file seems to count from 1. If so, convert again with --one-based.");
            }
        }

        return new JsonObject
        {
            ["out"] = target,
            ["events_read"] = left.Read + right.Read + before,
            ["events_written"] = writer.Count(Camera.Left) + writer.Count(Camera.Right),
            ["dropped"] = dropped,
            ["labels"] = recording.LabelTimesUs.Count,
        };
    }
}
