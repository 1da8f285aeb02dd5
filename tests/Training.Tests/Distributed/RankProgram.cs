using System.Diagnostics;
using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Distributed;

/// <summary>The program that tests start as several ranks: each word of its arguments is a scene, all in one folder.</summary>
internal static class RankProgram
{
    public const string Word = "ranks";

    public static int Run(string folder, IEnumerable<string> scenes)
    {
        OneTorchThread.Start();
        using Ranks ranks = Ranks.Join();
        foreach (string[] scene in scenes.Select(scene => scene.Split('=')))
        {
            switch (scene[0])
            {
                case "exchange":
                    File.WriteAllText(Path.Combine(folder, $"{ranks.Rank}.txt"), Exchange(ranks));
                    break;
                case "train":
                    Train(ranks, Path.Combine(folder, scene[1]), RankedRuns.Settings[scene[1]]);
                    break;
                case "cut":   // stops after so many steps, though one rank alone is told to
                    Cut(ranks, Path.Combine(folder, scene[1]), RankedRuns.Settings[scene[1]], int.Parse(scene[2], CultureInfo.InvariantCulture));
                    break;
                case "resume":
                    Resume(ranks, Path.Combine(folder, scene[1]));
                    break;
                case "fail":
                    return Fail(ranks, alone: scene[1] == "alone");
                default:
                    throw new ArgumentException($"There is no scene {scene[0]}.");
            }
        }

        return 0;
    }

    /// <summary>Every exchange once; what comes out is the same line on each rank but for its number.</summary>
    private static string Exchange(Ranks ranks)
    {
        float[] sums = [ranks.Rank, 1f, 0.1f];
        ranks.Sum(sums);
        long[] told = [ranks.Rank == ranks.Size - 1 ? 1L << 40 : 0];
        ranks.Broadcast(told.AsSpan(), from: ranks.Size - 1);
        byte[] bytes = ranks.BroadcastBytes(ranks.IsFirst ? [7, 8, 9] : null);
        using var pending = new PendingSum(100_000);
        pending.Values.Fill(ranks.Rank + 1);
        ranks.Begin(pending);
        while (!pending.Test())
        {
            Thread.Yield();
        }

        ranks.Barrier();
        string caught = "";
        try
        {
            _ = ((string?)null)!.Length;   // a fault that the runtime catches by a signal, which MPI must not have taken for itself
        }
        catch (NullReferenceException)
        {
            caught = "caught";
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"{ranks.Rank} of {ranks.Size}: {string.Join(' ', sums)}; {told[0]}; {string.Join(' ', bytes)}; {pending.Values[0]} {pending.Values[^1]}; {ranks.Any(ranks.Rank == 1)} {ranks.Any(false)}; {ranks.CoresPerRank()}; {caught}");
    }

    private static void Train(Ranks ranks, string folder, TrainingSettings settings, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        (TrainingSet training, TrainingSet validation) = TinyRun.Samples();
        using Trainer trainer = Trainer.Start(settings, training, validation, folder, progress, ranks);
        trainer.Run(cancellation);
    }

    private static void Cut(Ranks ranks, string folder, TrainingSettings settings, int step)
    {
        using var cancellation = new CancellationTokenSource();
        try
        {
            Train(ranks, folder, settings, ranks.IsFirst ? null : new AtStep(step, cancellation.Cancel), cancellation.Token);
            throw new UnreachableException("nothing cut the run");
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private static void Resume(Ranks ranks, string folder)
    {
        (TrainingSet training, TrainingSet validation) = TinyRun.Samples();
        Checkpoint checkpoint = Checkpoint.Load(TinyRun.LastOf(ranks.IsFirst ? folder : "nowhere"), ranks);   // the others need not see it
        using Trainer trainer = Trainer.Resume(checkpoint, training, validation, folder, null, ranks);
        trainer.Run();
    }

    private static int Fail(Ranks ranks, bool alone)
    {
        if (alone && ranks.Rank != 1)
        {
            ranks.Sum([1f]);   // waits for a rank that will never come
        }

        bool together = ranks.AllFail(TimeSpan.FromSeconds(1));
        Console.Error.WriteLine($"rank {ranks.Rank} fails {(together ? "with all" : "alone")}");
        if (!together)
        {
            ranks.Abort(5);
        }

        return 4;
    }

    private sealed class AtStep(int step, Action action) : IWorkProgress
    {
        public void Report(long done, long total, string? note = null)
        {
            if (done == step)
            {
                action();
            }
        }
    }
}
