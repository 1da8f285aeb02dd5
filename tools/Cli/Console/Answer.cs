using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StereoSpike.Cli;

/// <summary>A verb's result: one JSON object for machines, aligned lines for people.</summary>
internal static class Answer
{
    private const int MostColumns = 6;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs a verb's work and prints what it returns.</summary>
    /// <returns>The exit code.</returns>
    public static int Of(ParseResult arguments, Work work, CancellationToken cancellation)
    {
        Print(arguments, work(arguments, name => new TerminalProgress(name), cancellation));
        return Shell.Done;
    }

    /// <summary>Prints the result on standard output.</summary>
    /// <param name="arguments">Say which form is wanted.</param>
    /// <param name="result">Keys in snake_case with units in their names.</param>
    public static void Print(ParseResult arguments, JsonObject result)
    {
        if (arguments.GetValue(CommonOptions.Json))
        {
            Console.WriteLine(result.ToJsonString(Indented));
        }
        else
        {
            PrintLines(result, "");
        }
    }

    /// <summary>A number for JSON, which knows no NaN: that becomes null.</summary>
    public static JsonNode? Number(double value, int decimals = 6) => double.IsFinite(value) ? Math.Round(value, decimals) : null;

    private static void PrintLines(JsonObject node, string indent)
    {
        int widest = node.Select(pair => pair.Key.Length).DefaultIfEmpty().Max();
        foreach ((string key, JsonNode? value) in node)
        {
            if (value is JsonObject inner)
            {
                Console.WriteLine($"{indent}{key}");
                if (IsTable(inner))
                {
                    PrintTable([.. inner.Select(row => Row(row.Key, row.Value!))], indent + "  ");
                }
                else
                {
                    PrintLines(inner, indent + "  ");
                }
            }
            else if (value is JsonArray { Count: > 0 } rows && rows.All(row => row is JsonObject))
            {
                Console.WriteLine($"{indent}{key}");
                PrintTable([.. rows.Select(row => row!.AsObject())], indent + "  ");
            }
            else
            {
                Console.WriteLine($"{indent}{key.PadRight(widest)}  {Text(value)}");
            }
        }
    }

    /// <summary>Objects of the same keys, a line each under their keys.</summary>
    private static void PrintTable(JsonObject[] rows, string indent)
    {
        string[] keys = [.. rows[0].Select(pair => pair.Key)];
        string[][] lines = [keys, .. rows.Select(row => keys.Select(key => Text(row[key])).ToArray())];
        int[] widths = [.. keys.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
        {
            Console.WriteLine((indent + string.Join("  ", line.Select((text, column) => text.PadRight(widths[column])))).TrimEnd());
        }
    }

    /// <summary>Several objects with the same few plain members read best side by side.</summary>
    private static bool IsTable(JsonObject node)
    {
        string[]? columns = (node.FirstOrDefault().Value as JsonObject)?.Select(pair => pair.Key).ToArray();
        return columns is { Length: > 1 and <= MostColumns }
            && node.All(row => row.Value is JsonObject cells && cells.Select(pair => pair.Key).SequenceEqual(columns) && cells.All(cell => cell.Value is null or JsonValue));
    }

    /// <summary>An object's name as the first cell of its row.</summary>
    private static JsonObject Row(string name, JsonNode cells)
    {
        var row = new JsonObject { [""] = name };
        foreach ((string key, JsonNode? value) in cells.AsObject())
        {
            row.Add(key, value?.DeepClone());
        }

        return row;
    }

    private static string Text(JsonNode? value) => value switch
    {
        null or JsonArray { Count: 0 } => "–",
        JsonArray list => string.Join(", ", list.Select(Text)),
        _ => value.ToString(),
    };
}
