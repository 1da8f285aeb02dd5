using System.CommandLine;
using StereoSpike.Files;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary>Where a run's samples come from: a prepared folder, a cache, or recordings read and scenes simulated anew.</summary>
internal static class TrainingSamples
{
    public static Option<string?> Cache { get; } = new("--cache") { Description = "A folder where samples are kept from run to run and streamed from, so that scenes are simulated and recordings read once. Several runs may share it." };

    /// <summary>Loads what a run's settings name.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="cache">The cache's folder; null for none.</param>
    /// <param name="progress">Told the recordings read, if given.</param>
    /// <param name="ranks">The processes that share the run.</param>
    /// <param name="cancellation">Stops between samples.</param>
    public static (TrainingSet Training, TrainingSet Validation) Load(TrainingSettings settings, string? cache, IWorkProgress? progress, Ranks ranks, CancellationToken cancellation)
    {
        if (!settings.Data.Any(PreparedSet.IsAt))
        {
            return TrainingSet.Load(RecordingFiles.OpenAll(settings.Data), settings, cache is null ? null : new SampleCache(cache), progress, ranks, cancellation);
        }

        return settings.Data is [var only]
            ? PreparedSet.Load(only, settings)
            : throw new ArgumentException($"{settings.Data.First(PreparedSet.IsAt)}: is a prepared set and must be the only --data. Prepare all recordings into one folder.");
    }
}
