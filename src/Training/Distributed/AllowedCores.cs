using System.Globalization;

namespace StereoSpike.Training;

/// <summary>The logical cores that this process may run on, as launchers bind them.</summary>
internal static class AllowedCores
{
    private const string Status = "/proc/self/status", Key = "Cpus_allowed_list:";

    /// <summary>More than any machine's cores.</summary>
    public const int Most = 8192;   // CONFIG_NR_CPUS of Linux

    /// <summary>Reads the list from the kernel; elsewhere than on Linux, cores 0 to the number that .NET counts.</summary>
    public static int[] Read() => (File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) : null) is { } line
        ? Parse(line[Key.Length..])
        : [.. Enumerable.Range(0, Environment.ProcessorCount)];

    /// <summary>Reads the kernel's way of writing lists, such as <c>0-3,8</c>.</summary>
    public static int[] Parse(string list) =>
    [
        .. list.Split(',', StringSplitOptions.TrimEntries).SelectMany(part =>
        {
            int[] ends = [.. part.Split('-').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        }).Where(core => core < Most),
    ];
}
