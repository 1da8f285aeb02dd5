using StereoSpike.Files;

namespace StereoSpike.Training;

/// <summary>Where a trainer works: its folder's lock, which the first rank alone holds, and its place among the ranks.</summary>
/// <param name="Lock">Of the first rank; null on the others, which never touch the folder.</param>
/// <param name="Ranks">The processes that share the work.</param>
/// <param name="Progress">Told the steps done, if given.</param>
internal sealed record RunPlace(RunLock? Lock, Ranks Ranks, IWorkProgress? Progress)
{
    /// <summary>Whether this is the rank that writes files.</summary>
    public bool IsFirst => Ranks.IsFirst;

    /// <summary>Makes a trainer that holds the folder's lock from before its first look into it until it is disposed.</summary>
    public static Trainer Take(string folder, IWorkProgress? progress, Ranks? ranks, Func<RunPlace, Trainer> make)
    {
        ranks ??= Ranks.Alone;
        RunLock? runLock = ranks.IsFirst ? RunLock.Take(folder) : null;
        try
        {
            return make(new RunPlace(runLock, ranks, progress));
        }
        catch
        {
            runLock?.Dispose();
            throw;
        }
    }
}
