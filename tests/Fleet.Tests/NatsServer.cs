using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StereoSpike.Fleet.Tests;

/// <summary>A real nats-server with JetStream on a free port of the loopback interface, its store in a folder of the test.</summary>
internal sealed class NatsServer : IDisposable
{
    private readonly string _store;
    private readonly string[] _more;
    private readonly string[] _within;
    private readonly string _host;
    private readonly int _port;
    private Process? _process;

    /// <summary>Starts one.</summary>
    /// <param name="store">Where it keeps its streams.</param>
    /// <param name="more">More of its options.</param>
    /// <param name="host">The address it listens on.</param>
    /// <param name="within">A command that starts it, such as one that enters a network namespace.</param>
    public NatsServer(string store, string[]? more = null, string host = "127.0.0.1", string[]? within = null)
    {
        (_store, _more, _host, _within, _port) = (store, more ?? [], host, within ?? [], FreePort());
        Start();
    }

    /// <summary>The program; null where it is not installed.</summary>
    public static string? Program { get; } = ((string[])[.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin"])
        .Select(folder => Path.Combine(folder, "nats-server")).FirstOrDefault(File.Exists);

    public string Url => $"nats://{_host}:{_port}";

    public NatsAddress Address => new() { Url = Url };

    /// <summary>Ends it as a power cut would, and starts it again with what it had written.</summary>
    public void KillAndRestart()
    {
        Dispose();
        Start();
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
    }

    private void Start()
    {
        string[] command = [.. _within, Program!, "-a", _host, "-p", $"{_port}", "-js", "-sd", _store, .. _more];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        for (string? line = ""; !line.Contains("Server is ready", StringComparison.Ordinal);)
        {
            line = _process.StandardError.ReadLine() ?? throw new IOException("nats-server ended at once.");
        }

        _ = _process.StandardError.BaseStream.CopyToAsync(Stream.Null);   // else it would wait for room in the pipe
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
