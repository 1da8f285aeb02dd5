using StereoSpike.Files;
using YamlDotNet.RepresentationModel;

namespace StereoSpike.Ingest;

/// <summary>The rectified event cameras of a DSEC sequence.</summary>
/// <remarks>
/// <c>disparity_to_depth: cams_03</c> is the matrix Q of the event cameras 0 (left) and 3 (right): [x y d 1]ᵀ ↦ Q·[x y d 1]ᵀ, so f = Q[2,3], cx = −Q[0,3], cy = −Q[1,3] and the baseline is 1 / |Q[3,2]|.
/// <c>rectify_map</c> [H,W,2] float32 holds x', y' of each raw pixel.
/// </remarks>
internal static class DsecCalibration
{
    private const string Remedy = "Use the calibration/cam_to_cam.yaml of the sequence.";

    /// <summary>Reads the rig.</summary>
    /// <param name="path"><c>cam_to_cam.yaml</c>.</param>
    /// <param name="sensor">The cameras' size.</param>
    /// <param name="leftMap">The left camera's <c>rectify_map.h5</c>.</param>
    /// <param name="rightMap">The right camera's.</param>
    /// <exception cref="InvalidDataException">A file is damaged or for another size.</exception>
    public static StereoRig Read(string path, SensorSize sensor, string leftMap, string rightMap)
    {
        YamlMappingNode root = CalibrationYaml.Parse(path, Remedy);
        if (CalibrationYaml.Child(root, "disparity_to_depth") is not YamlMappingNode matrices)
        {
            throw BadFile.Error(path, "disparity_to_depth", "is missing", Remedy);
        }

        double[] q = CalibrationYaml.Numbers(path, matrices, "disparity_to_depth", "cams_03", 16, Remedy);
        (double focalPx, double inverseBaseline) = (q[(2 * 4) + 3], Math.Abs(q[(3 * 4) + 2]));
        return focalPx > 0 && inverseBaseline > 0
            ? new StereoRig
            {
                Name = "dsec",
                Sensor = sensor,
                FocalPx = focalPx,
                BaselineMetres = 1 / inverseBaseline,
                CentreXPx = -q[3],
                CentreYPx = -q[4 + 3],
                LeftMap = Map(leftMap, sensor),
                RightMap = Map(rightMap, sensor),
            }
            : throw BadFile.Error(path, "disparity_to_depth: cams_03", $"says a focal length of {focalPx} px and an inverse baseline of {inverseBaseline} 1/m", Remedy);
    }

    private static RectificationMap Map(string path, SensorSize sensor)
    {
        using Hdf5File file = Hdf5File.Open(path);
        using var rows = new Hdf5Rows<float>(file, "rectify_map", sensor.Width, 2);
        if (rows.Count != sensor.Height)
        {
            throw BadFile.Error(path, "rectify_map", $"has {rows.Count} rows where the camera has {sensor.Height}", "Use the rectify_map.h5 of the same sequence.");
        }

        float[] x = new float[sensor.Pixels], y = new float[sensor.Pixels];
        for (int row = 0; row < sensor.Height; row++)
        {
            ReadOnlySpan<float> values = rows.At(row, 1);
            for (int column = 0; column < sensor.Width; column++)
            {
                (x[(row * sensor.Width) + column], y[(row * sensor.Width) + column]) = (values[2 * column], values[(2 * column) + 1]);
            }
        }

        return new RectificationMap(sensor, x, y);
    }
}
