using System.CommandLine;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary>Runs a command that several processes work on together under mpirun or srun, and sees to it that a failure on any of them ends all, with one message.</summary>
internal static class RankedCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);   // for the other ranks to meet the same failure

    /// <summary>Runs the command on the process's first thread, which alone may call MPI.</summary>
    public static Task<int> RunAsync(ParseResult arguments, Func<Ranks, int> work) => MainThread.RunAsync(() =>
    {
        using Ranks ranks = Ranks.Join();
        if (ranks.Size > 1)
        {
            Environment.SetEnvironmentVariable("TERM", "dumb");   // Open MPI gives ranks a pseudoterminal, into which the runtime would write control codes before any JSON
        }

        try
        {
            return work(ranks);
        }
        catch (Exception failure) when (ranks.Size > 1)
        {
            return End(failure, arguments.GetValue(CommonOptions.Verbose), ranks);
        }
    });

    /// <summary>Where all ranks fail together, as on a wrong option, the first speaks; a rank that fails alone says who it is and takes the others, who wait for it, along.</summary>
    private static int End(Exception failure, bool verbose, Ranks ranks)
    {
        if (ranks.AllFail(Patience))
        {
            return ranks.IsFirst ? Shell.Tell(failure, verbose) : Shell.CodeOf(failure);
        }

        int code = Shell.Tell(failure, verbose, $"Rank {ranks.Rank} of {ranks.Size}: ");
        ranks.Abort(code);
        return code;
    }
}
