using System.CommandLine;
using StereoSpike.Model;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary>The options every verb has.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object for machines.", Recursive = true };

    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show where an error came from.", Recursive = true };

    public static Option<int> Threads { get; } = new("--threads") { Description = "Threads to compute with, of each process; 0 takes what the engine likes best.", Recursive = true };

    public static Option<int> Seed { get; } = new("--seed") { Description = "Seed of every random draw.", Recursive = true, DefaultValueFactory = _ => 1 };

    public static void AddTo(RootCommand root)
    {
        root.Add(Json);
        root.Add(Verbose);
        root.Add(Threads);
        root.Add(Seed);
    }

    /// <summary>Loads libtorch and gives it the threads asked for; unless the environment says how many, several processes on one machine share its cores.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="ranks">The processes that work together; null for this one alone.</param>
    public static void StartTorch(ParseResult arguments, Ranks? ranks = null)
    {
        LibTorch.EnsureLoaded();
        if (arguments.GetValue(Threads) is > 0 and int threads)
        {
            TorchSharp.torch.set_num_threads(threads);
        }
        else if (ranks is { Size: > 1 })
        {
            int cores = ranks.CoresPerRank();   // an exchange: all ranks make it
            if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null or "")
            {
                TorchSharp.torch.set_num_threads(cores);
            }
        }
    }
}
