using System.Globalization;
using StereoSpike.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace StereoSpike.Ingest;

/// <summary>Reads calibrations in YAML, with bounds on what a hostile file may ask for.</summary>
internal static class CalibrationYaml
{
    private const int LargestFile = 1 << 20;
    private const int DeepestNesting = 16;

    /// <summary>Reads a file that holds one mapping.</summary>
    /// <param name="path">The file.</param>
    /// <param name="remedy">What to do about a bad one, as a sentence.</param>
    /// <exception cref="InvalidDataException">It is not YAML, or nests too deeply.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static YamlMappingNode Parse(string path, string remedy)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length > LargestFile)
        {
            throw BadFile.Error(path, "", $"is {stream.Length} bytes long where a calibration has at most {LargestFile}", remedy);
        }

        string text = new StreamReader(stream).ReadToEnd();
        try
        {
            CheckNesting(path, text, remedy);
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }]
                ? root
                : throw BadFile.Error(path, "", "does not hold one mapping of cameras", remedy);
        }
        catch (YamlException failure)
        {
            throw BadFile.Error(path, $"line {failure.Start.Line}", $"is not YAML: {failure.Message}", remedy, failure);
        }
        catch (InvalidOperationException failure)   // YamlDotNet's parser gives this for a list that is never closed
        {
            throw BadFile.Error(path, "", "is not YAML: a list or mapping is not closed", remedy, failure);
        }
    }

    // The tree is built by recursion: a file of nothing but brackets would exhaust the stack, which no handler can catch.
    private static void CheckNesting(string path, string text, string remedy)
    {
        var parser = new Parser(new StringReader(text));
        int depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DeepestNesting || parser.Current is AnchorAlias)
            {
                throw BadFile.Error(path, $"line {parser.Current.Start.Line}", "nests more deeply than a calibration does, or refers to an anchor", remedy);
            }
        }
    }

    /// <summary>A list of numbers, or a list of rows, row by row.</summary>
    public static double[] Numbers(string path, YamlMappingNode mapping, string name, string key, int count, string remedy)
    {
        var numbers = new List<double>(count);
        foreach (YamlNode leaf in Leaves(Child(mapping, key)))
        {
            string? text = (leaf as YamlScalarNode)?.Value;
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            {
                throw BadFile.Error(path, $"{name}: {key}, line {leaf.Start.Line}", $"holds \"{text}\" where a finite number is needed", remedy);
            }

            numbers.Add(number);
        }

        return numbers.Count == count
            ? [.. numbers]
            : throw BadFile.Error(path, $"{name}: {key}", $"holds {numbers.Count} numbers where {count} are needed", remedy);
    }

    private static IEnumerable<YamlNode> Leaves(YamlNode? node) => node switch
    {
        null => [],
        YamlSequenceNode list => list.Children.SelectMany(Leaves),
        _ => [node],
    };

    public static YamlNode? Child(YamlMappingNode mapping, string key) =>
        mapping.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;
}
