using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike filter</c></summary>
internal static class FilterCommand
{
    private static readonly Argument<string> In = new("IN") { Description = "One camera's events: .raw, .dat, .aedat4, .es, .bin; - is standard input." };
    private static readonly Argument<string> Out = new("OUT") { Description = "Where they go: .raw (EVT 3.0), .dat, .aedat4, .txt, .csv; - is standard output." };
    private static readonly Option<string[]> Steps = new("--step") { Description = $"A filter; several work in the order given. {EventFilters.Help}", Required = true };
    private static readonly Option<string?> To = new Option<string?>("--to") { Description = "What to write, where OUT's ending does not say." }.AcceptOnlyFromAmong([.. EventFileConversion.Formats.Keys]);

    public static Command Make()
    {
        var command = new Command("filter", "Drop or move events of one camera on their way from file to file, and count what each filter dropped.") { In, Out, Steps, To, EventSource.Sort };
        command.SetAction((arguments, cancellation) => Task.Run(() => Run(arguments, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string source = arguments.GetRequiredValue(In), output = arguments.GetRequiredValue(Out);
        string kind = EventFileConversion.KindOf(output, arguments.GetValue(To)) ?? throw new ArgumentException($"{output}: its ending does not say what to write; say it with --to evt3, evt2, dat, aedat4, txt or csv.");
        IEventReader reader = EventSource.Open(source, sensor: null) ?? throw new ArgumentException($"{source}: there is no such file of one camera's events; stereospike convert makes one of a recording.");
        using var filtered = new FilteredEvents(new TimeOrder(reader, arguments.GetValue(EventSource.Sort)), arguments.GetRequiredValue(Steps));
        JsonObject result = EventFileConversion.Run(filtered, sortUs: 0, output, kind, cancellation);
        result.Remove("sorted");
        if (output != EventSource.Pipe)
        {
            Answer.Print(arguments, result);
        }

        return Shell.Done;
    }
}
