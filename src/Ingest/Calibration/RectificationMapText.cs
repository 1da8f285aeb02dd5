using System.Buffers.Text;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Reads rectification maps as MVSEC publishes them: a text of H rows with W numbers, one file for columns and one for rows.</summary>
public static class RectificationMapText
{
    private const int LongestNumber = 64;

    /// <summary>Reads the two files of one camera.</summary>
    /// <param name="xPath">Rectified column of each raw pixel, px: H lines of W numbers.</param>
    /// <param name="yPath">Rectified row of each raw pixel, px.</param>
    /// <param name="sensor">H and W, which the files must match.</param>
    /// <exception cref="InvalidDataException">A file has another shape, or holds something other than finite numbers.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static RectificationMap Read(string xPath, string yPath, SensorSize sensor) =>
        new(sensor, ReadPlane(xPath, sensor), ReadPlane(yPath, sensor));

    private static float[] ReadPlane(string path, SensorSize sensor)
    {
        long length = new FileInfo(path).Length;
        if (length > (long)sensor.Pixels * LongestNumber)
        {
            throw BadFile.Error(path, "", $"is {length} bytes long, more than {sensor.Pixels} numbers of a {sensor} map take", "Check that the map belongs to this camera.");
        }

        byte[] text = File.ReadAllBytes(path);
        var plane = new float[sensor.Pixels];
        int row = 0;
        foreach (Range range in text.AsSpan().Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text.AsSpan(range).Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (row == sensor.Height)
            {
                throw Misshapen(path, $"row {row}", "goes on", sensor);
            }

            ReadRow(path, line, row, plane.AsSpan(row * sensor.Width, sensor.Width), sensor);
            row++;
        }

        return row == sensor.Height ? plane : throw Misshapen(path, "", $"holds {row} rows", sensor);
    }

    private static void ReadRow(string path, ReadOnlySpan<byte> line, int row, Span<float> destination, SensorSize sensor)
    {
        int column = 0;
        foreach (Range range in line.SplitAny(" \t,"u8))
        {
            ReadOnlySpan<byte> field = line[range];
            if (field.IsEmpty)
            {
                continue;
            }

            if (column == destination.Length)
            {
                throw Misshapen(path, $"row {row}", $"holds more than {column} numbers", sensor);
            }

            if (!Utf8Parser.TryParse(field, out float value, out int used) || used != field.Length || !float.IsFinite(value))
            {
                throw BadFile.Error(path, $"row {row}, column {column}", $"holds \"{Shown(field)}\" where a finite number is needed", "Fetch the map again, or remove all four to have them recomputed.");
            }

            destination[column++] = value;
        }

        if (column != destination.Length)
        {
            throw Misshapen(path, $"row {row}", $"holds {column} numbers", sensor);
        }
    }

    private static InvalidDataException Misshapen(string path, string place, string found, SensorSize sensor) =>
        BadFile.Error(path, place, $"{found} where {sensor.Height} rows of {sensor.Width} numbers are needed", "Check that the map belongs to this camera.");

    private static string Shown(ReadOnlySpan<byte> field) =>
        System.Text.Encoding.UTF8.GetString(field[..Math.Min(field.Length, LongestNumber)]);
}
