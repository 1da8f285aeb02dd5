using System.Runtime.InteropServices;

namespace StereoSpike.Training;

/// <summary>Gives the runtime back the signals of faults that a library took for itself while this lives.</summary>
/// <remarks>.NET makes a <see cref="NullReferenceException"/> of SIGSEGV. UCX, on which MPICH and Open MPI stand on many systems, takes that signal when it is loaded, prints a backtrace
/// and ends the process. So whoever loads such a library notes the handlers before and puts them back after.</remarks>
internal sealed unsafe partial class RuntimeSignals : IDisposable
{
    private const int MostBytes = 256;   // struct sigaction of glibc and musl has 152
    private static readonly int[] Faults = [4, 5, 6, 7, 8, 11];   // SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV of Linux
    private readonly byte[][] _handlers = OperatingSystem.IsLinux() ? [.. Faults.Select(Handler)] : [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((int signal, byte[] handler) in Faults.Zip(_handlers))
        {
            fixed (byte* kept = handler)
            {
                Act(signal, kept, null);
            }
        }
    }

    private static byte[] Handler(int signal)
    {
        byte[] handler = new byte[MostBytes];
        fixed (byte* kept = handler)
        {
            Act(signal, null, kept);
        }

        return handler;
    }

    private static void Act(int signal, byte* handler, byte* before)
    {
        if (SetAction(signal, handler, before) != 0)
        {
            throw new InvalidOperationException($"The handler of signal {signal} can neither be read nor set.");
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SetAction(int signal, byte* handler, byte* before);
}
