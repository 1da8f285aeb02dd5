using System.Globalization;
using System.Text;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Writes a calibration as MVSEC publishes it: a Kalibr camera chain and the four rectification maps.</summary>
public static class CalibrationFolder
{
    /// <summary>Writes the folder's files, each whole or not at all.</summary>
    /// <param name="folder">Made if needed.</param>
    /// <param name="calibration">The cameras; its name is in the files' names.</param>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public static void Write(string folder, StereoCalibration calibration)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(calibration);
        WholeFile.WriteText(Path.Combine(folder, $"camchain-imucam-{calibration.Name}.yaml"), Chain(calibration));
        foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
        {
            RectificationMap map = calibration.Of(camera).ToMap();
            string start = Path.Combine(folder, $"{calibration.Name}_{camera.ToString().ToLowerInvariant()}");
            WholeFile.WriteText($"{start}_x_map.txt", Map(map.X.Span, map.Sensor));
            WholeFile.WriteText($"{start}_y_map.txt", Map(map.Y.Span, map.Sensor));
        }
    }

    private static string Chain(StereoCalibration calibration)
    {
        var text = new StringBuilder();
        foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
        {
            EquidistantCamera lens = calibration.Of(camera);
            PinholeIntrinsics p = lens.Rectified;
            double shift = camera == Camera.Left ? 0.0 : -p.FocalXPx * calibration.BaselineMetres;
            text.Append(CultureInfo.InvariantCulture, $"cam{(int)camera}:\n");
            text.Append(CultureInfo.InvariantCulture, $"  projection_matrix:\n  - {Row(p.FocalXPx, 0, p.CentreXPx, shift)}\n  - {Row(0, p.FocalYPx, p.CentreYPx, 0)}\n  - {Row(0, 0, 1, 0)}\n");
            text.Append("  rectification_matrix:\n");
            for (int row = 0; row < 3; row++)
            {
                text.Append(CultureInfo.InvariantCulture, $"  - {Row(lens.Rectification.Slice(3 * row, 3))}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"  camera_model: pinhole\n  distortion_coeffs: {Row(lens.Distortion)}\n  distortion_model: equidistant\n");
            text.Append(CultureInfo.InvariantCulture, $"  intrinsics: {Row(lens.Lens.FocalXPx, lens.Lens.FocalYPx, lens.Lens.CentreXPx, lens.Lens.CentreYPx)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  resolution: [{lens.Sensor.Width}, {lens.Sensor.Height}]\n  rostopic: /davis/{camera.ToString().ToLowerInvariant()}/image_raw\n");
        }

        return text.ToString();
    }

    private static string Row(params ReadOnlySpan<double> values)
    {
        var texts = new string[values.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = values[i].ToString("R", CultureInfo.InvariantCulture);
        }

        return $"[{string.Join(", ", texts)}]";
    }

    private static string Map(ReadOnlySpan<float> values, SensorSize sensor)
    {
        var text = new StringBuilder(values.Length * 12);
        for (int i = 0; i < values.Length; i++)
        {
            text.Append(values[i].ToString("G9", CultureInfo.InvariantCulture)).Append((i + 1) % sensor.Width == 0 ? '\n' : ' ');
        }

        return text.ToString();
    }
}
