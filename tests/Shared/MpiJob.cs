using System.Diagnostics;

namespace StereoSpike.Tests;

/// <summary>A program started as several processes on this machine, which speak to one another through its memory or the loopback interface alone.</summary>
internal sealed class MpiJob
{
    public const string OpenMpi = "Open MPI", Mpich = "MPICH";
    private const int LimitMs = 120_000;
    private readonly Process _launcher;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private MpiJob(ProcessStartInfo start)
    {
        _launcher = Process.Start(start)!;
        _output = _launcher.StandardOutput.ReadToEndAsync();
        _errors = _launcher.StandardError.ReadToEndAsync();
    }

    public static bool IsInstalled(string library) => Find(library) is not null;

    /// <summary>Starts <c>dotnet ARGUMENTS</c> so many times.</summary>
    public static MpiJob Start(string library, int processes, params string[] arguments)
    {
        string[] options = library == OpenMpi
            ? ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "btl", "self,vader", "--mca", "btl_vader_single_copy_mechanism", "none", "--mca", "oob_tcp_if_include", "lo", "-np", $"{processes}"]
            : ["-launcher", "fork", "-iface", "lo", "-n", $"{processes}"];
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(Find(library)!, [.. options, host, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["UCX_TLS"] = "self,posix,sysv";   // MPICH's transport: memory alone
        return new MpiJob(start);
    }

    /// <summary>Waits for the end of all processes.</summary>
    public (int ExitCode, string Output, string Errors) Finish()
    {
        using (_launcher)
        {
            if (!_launcher.WaitForExit(LimitMs))
            {
                _launcher.Kill(entireProcessTree: true);
                throw new TimeoutException($"A job of several processes ran longer than {LimitMs / 1000} s: {_errors.Result}{_output.Result}");
            }

            return (_launcher.ExitCode, _output.Result, _errors.Result);
        }
    }

    private static string? Find(string library)
    {
        string[] names = library == OpenMpi ? ["mpirun.openmpi"] : ["mpiexec.hydra", "mpirun.mpich"];
        return names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
