using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike filter</c></summary>
internal static class FilterCommand
{
    private static readonly Argument<string> In = new("IN") { Description = CameraEvents.Description };
    private static readonly Argument<string> Out = new("OUT") { Description = "Where they go: .raw (EVT 3.0), .dat, .aedat4, .npz, columns in HDF5 (--to dsec), .txt, .csv; - is standard output." };
    private static readonly Option<string[]> Steps = new("--step") { Description = $"A filter; several work in the order given. {EventFilters.Help}", Required = true };
    private static readonly Option<string?> To = new Option<string?>("--to") { Description = "What to write, where OUT's ending does not say." }.AcceptOnlyFromAmong([.. EventFileConversion.Formats.Keys]);

    private static readonly CameraEvents Source = new();

    public static Command Make()
    {
        var command = new Command("filter", "Drop or move events of one camera on their way from file to file, and count what each filter dropped.") { In, Out, Steps, To };
        foreach (Option option in Source.All)
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string source = arguments.GetRequiredValue(In), output = arguments.GetRequiredValue(Out);
        string kind = EventFileConversion.KindOf(output, arguments.GetValue(To)) ?? throw new ArgumentException($"{output}: its ending does not say what to write; say it with --to evt3, evt2, dat, aedat4, dsec, npz, txt or csv.");
        using var filtered = new FilteredEvents(Source.Open(arguments, source, cancellation), arguments.GetRequiredValue(Steps));
        JsonObject result = EventFileConversion.Run(filtered, output, kind, cancellation);
        result.Remove("sorted");
        if (output != CameraEvents.Pipe)
        {
            Answer.Print(arguments, result);
        }

        return Shell.Done;
    }
}
