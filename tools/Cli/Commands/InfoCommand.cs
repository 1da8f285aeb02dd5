using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike info</c></summary>
internal static class InfoCommand
{
    private const int BatchEvents = 1 << 16;
    private static readonly Argument<string> File = new("FILE") { Description = RecordingFiles.Description };
    private static readonly CameraEvents Source = new();

    public static Command Make()
    {
        var command = new Command("info", "Say what a recording holds; needs no calibration.") { File };
        foreach (Option option in Source.WithoutPart)
        {
            command.Add(option);
        }

        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        string source = arguments.GetRequiredValue(File);
        using (IEventReader? events = Source.OpenFile(arguments, source))
        {
            if (events is not null)
            {
                Answer.Print(arguments, EventFileInfo.Describe(events));
                return Shell.Done;
            }
        }

        using IStereoRecording recording = RecordingFiles.IsHdf5(source)
            ? MvsecRecording.OpenUncalibrated(source)
            : RecordingFiles.Open(source, calibrationFolder: null, Source.Text.Over(arguments, geometryNeeded: false));
        (EventSummary left, EventSummary right) = Summarise(recording);
        Answer.Print(arguments, new JsonObject
        {
            ["format"] = FormatOf(recording),
            ["width"] = recording.Rig.Sensor.Width,
            ["height"] = recording.Rig.Sensor.Height,
            ["events"] = new JsonObject { ["left"] = recording.Events(Camera.Left).Count, ["right"] = recording.Events(Camera.Right).Count },
            ["origin_us"] = recording.OriginUs,
            ["duration_us"] = recording.Span.DurationUs,
            ["on_share"] = Answer.Number((double)(left.On + right.On) / (left.Count + right.Count), 4),
            ["labels"] = recording.LabelTimesUs.Count,
            ["truth_is_per_event"] = recording.TruthIsPerEvent,
            ["left"] = EventFileInfo.Behaviour(left),
            ["right"] = EventFileInfo.Behaviour(right),
        });
        return Shell.Done;
    }

    private static string FormatOf(IStereoRecording recording) => recording switch
    {
        MvsecRecording => "mvsec",
        DsecRecording => "dsec",
        SimulatedRecording => "simulated",
        _ => "text",
    };

    private static (EventSummary Left, EventSummary Right) Summarise(IStereoRecording recording)
    {
        var batch = new DvsEvent[BatchEvents];
        long done = 0, all = recording.Events(Camera.Left).Count + recording.Events(Camera.Right).Count;
        using var progress = new TerminalProgress("reading ");
        return (Of(Camera.Left), Of(Camera.Right));

        EventSummary Of(Camera camera)
        {
            IEventSequence events = recording.Events(camera);
            var summary = new EventSummary(events.Sensor);
            for (long first = 0; first < events.Count; first += batch.Length)
            {
                Span<DvsEvent> read = batch.AsSpan(0, (int)Math.Min(batch.Length, events.Count - first));
                events.Read(first, read);
                summary.Add(read);
                done += read.Length;
                progress.Report(done, all);
            }

            return summary;
        }
    }
}
