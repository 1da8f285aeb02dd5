using System.Diagnostics;

namespace StereoSpike.Fleet.Tests;

/// <summary>A test on a network of its own: it runs where network namespaces may be made (root, iproute2) and nats-server is installed, and is skipped with that reason elsewhere.</summary>
public sealed class NetworkFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> CanMake = new(() =>
    {
        string name = $"ssprobe{Environment.ProcessId}";
        try
        {
            return OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Ip("netns", "add", name) && Ip("netns", "del", name);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;   // there is no ip
        }
    });

    public NetworkFactAttribute()
    {
        if (NatsServer.Program is null || !CanMake.Value)
        {
            Skip = "needs nats-server, and network namespaces (root and iproute2)";
        }
    }

    /// <summary>Runs <c>ip</c>.</summary>
    /// <returns>Whether it did as told.</returns>
    internal static bool Ip(params string[] arguments)
    {
        using Process ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        return ip.ExitCode == 0;
    }
}
