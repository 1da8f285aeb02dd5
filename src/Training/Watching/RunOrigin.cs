using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using StereoSpike.Files;

namespace StereoSpike.Training;

/// <summary>Where a run's figures come from: the program that made them and the machine it ran on, as noted when the run began.</summary>
/// <param name="StartedUtc">When, ISO 8601.</param>
/// <param name="Program">The program's version.</param>
/// <param name="Commit">The commit it was built from; null where it was not built in a checkout.</param>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">Logical cores the process may use.</param>
/// <param name="MemoryGb">Memory the process may use, GB.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Threads">Threads that libtorch computes with.</param>
public sealed record RunOrigin(string StartedUtc, string Program, string? Commit, string Processor, int Cores, double MemoryGb, string System, string Runtime, int Threads)
{
    /// <summary>Name of the file that holds it in a run's folder.</summary>
    public const string FileName = "origin.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true };

    /// <summary>This program, here and now.</summary>
    public static RunOrigin Here()
    {
        string[] version = (typeof(RunOrigin).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+', 2);
        return new RunOrigin(
            DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", global::System.Globalization.CultureInfo.InvariantCulture), version[0], version.Length > 1 ? version[1] : null,
            ProcessorName(), Environment.ProcessorCount, Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
            RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, TorchSharp.torch.get_num_threads());
    }

    /// <summary>Writes it into a run's folder.</summary>
    public void Save(string folder) => WholeFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json));

    /// <summary>Reads it from a run's folder; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read.</exception>
    public static RunOrigin? Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<RunOrigin>(File.ReadAllText(path), Json) : null;
        }
        catch (JsonException cause)
        {
            throw BadFile.Error(path, "", $"cannot be used ({cause.Message})", "Delete it: only the report reads it.", cause);
        }
    }

    private static string ProcessorName()
    {
        const string Cpu = "/proc/cpuinfo", Key = "model name";
        string? line = File.Exists(Cpu) ? File.ReadLines(Cpu).FirstOrDefault(text => text.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
