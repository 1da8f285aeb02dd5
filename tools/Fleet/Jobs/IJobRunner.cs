using System.Text.Json.Nodes;
using StereoSpike.Files;

namespace StereoSpike.Fleet;

/// <summary>Runs a job's verb.</summary>
public interface IJobRunner
{
    /// <summary>Runs it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="place">Where its files are on this machine.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What the verb answers.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task<JsonObject> RunAsync(Job job, JobPlace place, IWorkProgress progress, CancellationToken cancellation);
}
