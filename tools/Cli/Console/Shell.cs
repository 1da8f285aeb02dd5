using System.CommandLine;
using System.CommandLine.Parsing;

namespace StereoSpike.Cli;

/// <summary>Runs a command line and turns what happens into an exit code: 0 done, 1 a check failed, 2 bad input or usage, 130 interrupted.</summary>
internal static class Shell
{
    public const int Done = 0, CheckFailed = 1, BadInput = 2, Interrupted = 130;

    public static async Task<int> RunAsync(RootCommand root, string[] arguments)
    {
        ParseResult parsed = root.Parse(arguments);
        string[] complaints = [.. parsed.Errors.Select(error => error.Message), .. MistakenOptions(parsed)];
        if (complaints.Length > 0 && parsed.Tokens.Count > 0)
        {
            foreach (string complaint in complaints)
            {
                Console.Error.WriteLine(complaint);
            }

            Console.Error.WriteLine($"See: stereospike {(parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ")}--help");
            return BadInput;
        }

        try
        {
            int code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
            return parsed.Errors.Count > 0 ? BadInput : code;
        }
        catch (Exception failure)
        {
            return Tell(failure, parsed.GetValue(CommonOptions.Verbose));
        }
    }

    /// <summary>Says on standard error what ended a command.</summary>
    /// <param name="failure">What it was.</param>
    /// <param name="verbose">Whether to show where it came from.</param>
    /// <param name="who">What to begin with, where one process of several speaks.</param>
    /// <returns>The exit code.</returns>
    public static int Tell(Exception failure, bool verbose, string who = "")
    {
        Console.Error.WriteLine(who + failure switch
        {
            OperationCanceledException => "Interrupted. What was finished is whole; nothing is half-written.",
            _ when verbose => failure.ToString(),
            _ when IsBadInput(failure) => OneLine(failure),
            _ => $"Unexpected: {OneLine(failure)} This is a fault of the program; run again with --verbose and report what it prints.",
        });
        return CodeOf(failure);
    }

    /// <summary>The exit code of what ended a command.</summary>
    public static int CodeOf(Exception failure) => failure is OperationCanceledException ? Interrupted : BadInput;

    /// <summary>Options that do not exist and would otherwise be taken for a file's name.</summary>
    private static IEnumerable<string> MistakenOptions(ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .Where(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
        .Select(token => $"There is no option {token.Value} here.");

    private static bool IsBadInput(Exception failure) =>
        failure is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException or DllNotFoundException;

    /// <summary>The message without the parameter's name that .NET appends.</summary>
    private static string OneLine(Exception failure)
    {
        string text = failure is ArgumentException { ParamName: { } name } ? failure.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : failure.Message;
        return text.ReplaceLineEndings(" ");
    }
}
