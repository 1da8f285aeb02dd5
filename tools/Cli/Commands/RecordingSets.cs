using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>Turns what <c>--data</c> names into recordings.</summary>
internal static class RecordingSets
{
    /// <summary>Recordings to open one after another, in the order of their names.</summary>
    /// <param name="sources">Simulated sets (<c>sim:…</c>).</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IReadOnlyList<Func<IStereoRecording>> Open(IReadOnlyList<string> sources) =>
        [.. sources.SelectMany(source => SimulatedSet.Parse(source).Recordings())];
}
