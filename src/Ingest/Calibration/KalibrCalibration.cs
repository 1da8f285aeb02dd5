using System.Globalization;
using StereoSpike.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace StereoSpike.Ingest;

/// <summary>Reads a camera chain of the calibration tool Kalibr, with the rectification that MVSEC adds to it.</summary>
/// <remarks>
/// Of each of <c>cam0</c> (left) and <c>cam1</c> (right): <c>camera_model: pinhole</c>, <c>distortion_model: equidistant</c>,
/// <c>distortion_coeffs</c> (4), <c>intrinsics</c> (fx, fy, cx, cy), <c>resolution</c> (width, height),
/// <c>rectification_matrix</c> (3×3) and <c>projection_matrix</c> (3×4, px; the right one's [0,3] is −f·b in px·m).
/// </remarks>
public static class KalibrCalibration
{
    private const int LargestFile = 1 << 20;
    private const int DeepestNesting = 16;
    private const string Remedy = "Use the camchain-imucam-SCENE.yaml of an MVSEC calibration folder, or add what is missing.";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The camera chain; <c>camchain-imucam-SCENE.yaml</c> names the calibration SCENE.</param>
    /// <exception cref="InvalidDataException">It is no such file, lacks an entry, or holds one that is wrong; the message names it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static StereoCalibration Read(string path)
    {
        YamlMappingNode root = Parse(path);
        (EquidistantCamera left, _) = ReadCamera(path, root, "cam0");
        (EquidistantCamera right, double[] projection) = ReadCamera(path, root, "cam1");
        try
        {
            return new StereoCalibration(SceneName(path), left, right, -projection[3] / projection[0]);
        }
        catch (ArgumentException failure)
        {
            throw BadFile.Error(path, "cam0 and cam1", Told(failure), "Check projection_matrix: the right camera's [0][3] is minus focal length times baseline.", failure);
        }
    }

    private static string SceneName(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        foreach (string prefix in new[] { "camchain-imucam-", "camchain-" })
        {
            if (name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return name[prefix.Length..];
            }
        }

        return name;
    }

    private static YamlMappingNode Parse(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length > LargestFile)
        {
            throw BadFile.Error(path, "", $"is {stream.Length} bytes long where a camera chain has at most {LargestFile}", Remedy);
        }

        string text = new StreamReader(stream).ReadToEnd();
        try
        {
            CheckNesting(path, text);
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }]
                ? root
                : throw BadFile.Error(path, "", "does not hold one mapping of cameras", Remedy);
        }
        catch (YamlException failure)
        {
            throw BadFile.Error(path, $"line {failure.Start.Line}", $"is not YAML: {failure.Message}", Remedy, failure);
        }
        catch (InvalidOperationException failure)   // YamlDotNet's parser gives this for a list that is never closed
        {
            throw BadFile.Error(path, "", "is not YAML: a list or mapping is not closed", Remedy, failure);
        }
    }

    // The tree is built by recursion: a file of nothing but brackets would exhaust the stack, which no handler can catch.
    private static void CheckNesting(string path, string text)
    {
        var parser = new Parser(new StringReader(text));
        int depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DeepestNesting || parser.Current is AnchorAlias)
            {
                throw BadFile.Error(path, $"line {parser.Current.Start.Line}", "nests more deeply than a camera chain does, or refers to an anchor", Remedy);
            }
        }
    }

    private static (EquidistantCamera Camera, double[] Projection) ReadCamera(string path, YamlMappingNode root, string name)
    {
        if (Child(root, name) is not YamlMappingNode camera)
        {
            throw BadFile.Error(path, name, "is missing; a stereo camera chain has cam0 (left) and cam1 (right)", Remedy);
        }

        RequireWord(path, camera, name, "camera_model", "pinhole");
        RequireWord(path, camera, name, "distortion_model", "equidistant");
        double[] resolution = Numbers(path, camera, name, "resolution", 2);
        double[] lens = Numbers(path, camera, name, "intrinsics", 4);
        double[] distortion = Numbers(path, camera, name, "distortion_coeffs", 4);
        double[] rectification = Numbers(path, camera, name, "rectification_matrix", 9);
        double[] projection = Numbers(path, camera, name, "projection_matrix", 12);
        try
        {
            var sensor = new SensorSize(WholeSide(resolution[0]), WholeSide(resolution[1]));
            return (new EquidistantCamera(
                sensor,
                new PinholeIntrinsics(lens[0], lens[1], lens[2], lens[3]),
                distortion,
                rectification,
                new PinholeIntrinsics(projection[0], projection[5], projection[2], projection[6])), projection);
        }
        catch (ArgumentException failure)
        {
            throw BadFile.Error(path, name, Told(failure), "Check the camera's resolution, intrinsics and matrices.", failure);
        }
    }

    /// <summary>The sentence of an argument's error, without the parameter's name and value that .NET adds.</summary>
    private static string Told(ArgumentException failure) => failure.Message.Split(" (Parameter", 2)[0];

    private static int WholeSide(double side) =>
        side == Math.Floor(side) && Math.Abs(side) <= int.MaxValue ? (int)side : throw new ArgumentException($"A resolution of {side} px is not whole.");

    private static void RequireWord(string path, YamlMappingNode camera, string name, string key, string needed)
    {
        string? found = (Child(camera, key) as YamlScalarNode)?.Value;
        if (found != needed)
        {
            throw BadFile.Error(path, $"{name}: {key}", $"is {found ?? "missing"} where only {needed} is supported", Remedy);
        }
    }

    /// <summary>A list of numbers, or a list of rows, row by row.</summary>
    private static double[] Numbers(string path, YamlMappingNode camera, string name, string key, int count)
    {
        var numbers = new List<double>(count);
        foreach (YamlNode leaf in Leaves(Child(camera, key)))
        {
            string? text = (leaf as YamlScalarNode)?.Value;
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            {
                throw BadFile.Error(path, $"{name}: {key}, line {leaf.Start.Line}", $"holds \"{text}\" where a finite number is needed", Remedy);
            }

            numbers.Add(number);
        }

        return numbers.Count == count
            ? [.. numbers]
            : throw BadFile.Error(path, $"{name}: {key}", $"holds {numbers.Count} numbers where {count} are needed", Remedy);
    }

    private static IEnumerable<YamlNode> Leaves(YamlNode? node) => node switch
    {
        null => [],
        YamlSequenceNode list => list.Children.SelectMany(Leaves),
        _ => [node],
    };

    private static YamlNode? Child(YamlMappingNode mapping, string key) =>
        mapping.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;
}
