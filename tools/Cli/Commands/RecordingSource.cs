using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>Turns what <c>infer</c> and <c>evaluate</c> are given into a recording.</summary>
internal static class RecordingSource
{
    /// <summary>What the argument may be, for help texts.</summary>
    public const string Description = "A recording, or a simulated scene such as \"sim:room?rig=mvsec&seconds=2&seed=7\".";

    /// <summary>Opens it.</summary>
    /// <param name="source">A simulated set (<c>sim:…</c>), of which the first scene is taken.</param>
    /// <param name="calibrationFolder">The cameras' calibration; null where the recording has its own.</param>
    /// <exception cref="ArgumentException">It is nothing known, or a simulated scene is given a calibration.</exception>
    public static IStereoRecording Open(string source, string? calibrationFolder)
    {
        if (!source.StartsWith(SimulatedSet.Prefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{source}: no recording of a known kind. Give a simulated scene, such as sim:room?rig=mvsec&seconds=2&seed=7.");
        }

        return calibrationFolder is null
            ? SimulatedSet.Parse(source).Recordings()[0]()
            : throw new ArgumentException($"{source}: a simulated scene brings its own rig; leave --calibration out.");
    }
}
