using System.Text;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>What stands at the head of an AEDAT 2 file: lines that begin with #, one of which may name the chip.</summary>
/// <param name="Sensor">The camera's size.</param>
/// <param name="Davis">Whether addresses are those of a DAVIS; of a DVS128 otherwise.</param>
/// <param name="Length">Where the events begin, bytes.</param>
internal sealed record Aedat2Header(SensorSize Sensor, bool Davis, int Length)
{
    private const string ChipKey = "AEChip:";
    private static readonly SensorSize Dvs128 = new(128, 128);

    private static readonly (string Name, SensorSize Sensor, bool Davis)[] Chips =
    [
        ("DVS128", Dvs128, false), ("Davis240", new(240, 180), true), ("Davis346", new(346, 260), true), ("Davis640", new(640, 480), true), ("Davis208", new(208, 192), true), ("Davis128", new(128, 128), true),
    ];

    /// <summary>Reads the head.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="start">Its first bytes.</param>
    /// <param name="sensor">The camera's size as the user gives it, or null; tells the chip where the file does not: 128×128 is a DVS128, any other a DAVIS.</param>
    /// <exception cref="InvalidDataException">It names a chip that is not known, or none while no size is given, or does not end.</exception>
    public static Aedat2Header Read(string path, ReadOnlySpan<byte> start, SensorSize? sensor)
    {
        string? chip = null;
        int at = 0;
        while (at < start.Length && start[at] == '#')
        {
            int end = start[at..].IndexOf((byte)'\n');
            if (end < 0)
            {
                throw BadFile.Error(path, "header", $"does not end within {PropheseeHeader.LongestHeader} bytes", "The file is damaged, or carries a dump of preferences longer than is read; cut its # lines down.");
            }

            string line = Encoding.Latin1.GetString(start.Slice(at + 1, end - 1)).Trim();
            at += end + 1;
            chip = line.StartsWith(ChipKey, StringComparison.Ordinal) ? line[ChipKey.Length..].Trim() : chip;
            if (line.StartsWith("End Of ASCII Header", StringComparison.OrdinalIgnoreCase))
            {
                break;
            }
        }

        foreach ((string name, SensorSize size, bool davis) in Chips)
        {
            if (chip?.Contains(name, StringComparison.OrdinalIgnoreCase) == true)
            {
                return new Aedat2Header(sensor ?? size, davis, at);
            }
        }

        return sensor is { } given && chip is null
            ? new Aedat2Header(given, given != Dvs128, at)
            : throw BadFile.Error(
                path, "header", chip is null ? "names no chip (AEChip)" : $"names the chip {chip}; {string.Join(", ", Chips.Select(known => known.Name))} are known",
                chip is null ? "Say the camera's size with --width and --height: 128×128 is read as a DVS128, any other as a DAVIS." : "Convert it with jAER first.");
    }
}
