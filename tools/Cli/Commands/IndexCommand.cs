using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike index</c></summary>
internal static class IndexCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "A RAW file (EVT 2.0, 2.1, 3.0) or DAT, in the order of time." };
    private static readonly Option<int?> Width = new("--width") { Description = "Sensor columns, where the file does not say." };
    private static readonly Option<int?> Height = new("--height") { Description = "Sensor rows." };

    public static Command Make()
    {
        var command = new Command("index", "Make FILE.index beside a RAW or DAT file, so that --start-ms goes straight to a time instead of decoding what lies before it.") { File, Width, Height };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(File);
        SensorSize? sensor = (arguments.GetValue(Width), arguments.GetValue(Height)) switch
        {
            (int width, int height) => new SensorSize(width, height),
            (null, null) => null,
            _ => throw new ArgumentException("Give --width and --height together."),
        };
        (long events, int entries) made;
        using (var progress = new TerminalProgress("indexing"))
        {
            made = IndexedEvents.MakeIndex(path, sensor, progress);
        }

        Answer.Print(arguments, new JsonObject { ["out"] = path + ".index", ["events"] = made.events, ["entries"] = made.entries });
        return Shell.Done;
    }
}
