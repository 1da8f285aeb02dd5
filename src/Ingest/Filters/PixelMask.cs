using System.Globalization;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Pixels of a camera to be left out, as a text file: a line <c># WIDTHxHEIGHT</c>, then <c>x y</c> on each line.</summary>
internal static class PixelMask
{
    private const long MostBytes = 64L << 20;

    /// <summary>Reads a mask.</summary>
    /// <returns>Shape [H,W]: true where the pixel is to be left out.</returns>
    /// <exception cref="InvalidDataException">It is of another sensor, or a line is none of a mask.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool[] Read(string path, SensorSize sensor)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
        {
            throw BadFile.Error(path, "", "is too large for a mask of pixels", "Give the file that hot:keep= has written.");
        }

        var mask = new bool[sensor.Pixels];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (number == 1)
            {
                if (line != Head(sensor))
                {
                    throw BadFile.Error(path, "line 1", $"is not \"{Head(sensor)}\"", "The mask must be of the camera whose events are filtered, before any crop.");
                }
            }
            else if (fields is [var column, var row] && int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int x) && int.TryParse(row, NumberStyles.None, CultureInfo.InvariantCulture, out int y) && sensor.Contains(x, y))
            {
                mask[(y * sensor.Width) + x] = true;
            }
            else if (fields.Length > 0)
            {
                throw BadFile.Error(path, $"line {number}", $"is no pixel \"x y\" of a {sensor} sensor", "Correct or delete the line.");
            }
        }

        return number > 0 ? mask : throw BadFile.Error(path, "", "is empty", $"A mask begins with the line \"{Head(sensor)}\".");
    }

    /// <summary>Writes a mask, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, bool[] mask, SensorSize sensor) => WholeFile.WriteText(
        path, string.Concat(Enumerable.Range(0, mask.Length).Where(pixel => mask[pixel]).Select(pixel => $"{pixel % sensor.Width} {pixel / sensor.Width}\n").Prepend(Head(sensor) + "\n")));

    private static string Head(SensorSize sensor) => $"# {sensor.Width}x{sensor.Height}";
}
