using System.Collections.Concurrent;

namespace StereoSpike.Cli;

/// <summary>Lends a process's first thread to the command that runs, while asynchronous things around it take what threads they like.</summary>
/// <remarks>
/// glibc serves that thread alone from the heap that <see cref="StereoSpike.Model.LibTorch"/> tells it to keep. On any other, each activation above 64 MiB is asked of the kernel anew,
/// page by page, and a step of the full network takes three times as long.
/// </remarks>
internal static class MainThread
{
    private static readonly BlockingCollection<Task> Work = [];

    /// <summary>Runs a command's work on the first thread.</summary>
    public static Task<int> RunAsync(Func<int> work)
    {
        var task = new Task<int>(work);
        Work.Add(task);
        return task;
    }

    /// <summary>Runs a program, and on the calling thread, which must be the process's first, what it passes to <see cref="RunAsync"/>.</summary>
    /// <returns>The program's exit code.</returns>
    public static int Lend(Func<Task<int>> program)
    {
        Task<int> running = Task.Run(program);
        running.ContinueWith(_ => Work.CompleteAdding(), TaskScheduler.Default);
        foreach (Task task in Work.GetConsumingEnumerable())
        {
            task.RunSynchronously();
        }

        return running.GetAwaiter().GetResult();
    }
}
