using StereoSpike.Files;
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
    private const string Remedy = "Use the camchain-imucam-SCENE.yaml of an MVSEC calibration folder, or add what is missing.";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The camera chain; <c>camchain-imucam-SCENE.yaml</c> names the calibration SCENE.</param>
    /// <exception cref="InvalidDataException">It is no such file, lacks an entry, or holds one that is wrong; the message names it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static StereoCalibration Read(string path)
    {
        YamlMappingNode root = CalibrationYaml.Parse(path, Remedy);
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

    private static (EquidistantCamera Camera, double[] Projection) ReadCamera(string path, YamlMappingNode root, string name)
    {
        if (CalibrationYaml.Child(root, name) is not YamlMappingNode camera)
        {
            throw BadFile.Error(path, name, "is missing; a stereo camera chain has cam0 (left) and cam1 (right)", Remedy);
        }

        RequireWord(path, camera, name, "camera_model", "pinhole");
        RequireWord(path, camera, name, "distortion_model", "equidistant");
        double[] resolution = CalibrationYaml.Numbers(path, camera, name, "resolution", 2, Remedy);
        double[] lens = CalibrationYaml.Numbers(path, camera, name, "intrinsics", 4, Remedy);
        double[] distortion = CalibrationYaml.Numbers(path, camera, name, "distortion_coeffs", 4, Remedy);
        double[] rectification = CalibrationYaml.Numbers(path, camera, name, "rectification_matrix", 9, Remedy);
        double[] projection = CalibrationYaml.Numbers(path, camera, name, "projection_matrix", 12, Remedy);
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
        string? found = (CalibrationYaml.Child(camera, key) as YamlScalarNode)?.Value;
        if (found != needed)
        {
            throw BadFile.Error(path, $"{name}: {key}", $"is {found ?? "missing"} where only {needed} is supported", Remedy);
        }
    }
}
