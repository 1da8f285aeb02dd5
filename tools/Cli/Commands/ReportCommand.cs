using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike report RUN</c></summary>
internal static class ReportCommand
{
    private static readonly Argument<string> Folder = new("RUN") { Description = "A run's folder; it may still be training." };

    public static Command Make()
    {
        var command = new Command("report", $"Draw a run on one page, {RunReport.FileName} in its folder: curves, layers, predictions, settings, machine. Needs no data; train writes it at the end too.") { Folder };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        Answer.Print(arguments, new JsonObject { ["report"] = RunReport.Write(arguments.GetRequiredValue(Folder)) });
        return Shell.Done;
    }
}
