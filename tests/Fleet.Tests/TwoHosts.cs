using System.Diagnostics;
using StereoSpike.EndToEnd.Tests;

namespace StereoSpike.Fleet.Tests;

/// <summary>Two hosts on one cable, made of network namespaces; the cable can be cut. Nothing of it touches the machine's own network.</summary>
internal sealed class TwoHosts : IDisposable
{
    private readonly string _a = $"ss{Environment.ProcessId}a", _b = $"ss{Environment.ProcessId}b";

    public TwoHosts()
    {
        Must("netns", "add", _a);
        Must("netns", "add", _b);
        Must("link", "add", "cable", "netns", _a, "type", "veth", "peer", "name", "cable", "netns", _b);
        foreach ((string host, string address) in ((string, string)[])[(_a, FirstAddress), (_b, "10.77.0.2")])
        {
            Must("-n", host, "address", "add", address + "/24", "dev", "cable");
            Must("-n", host, "link", "set", "cable", "up");
            Must("-n", host, "link", "set", "lo", "up");
        }
    }

    /// <summary>The first host's address.</summary>
    public const string FirstAddress = "10.77.0.1";

    /// <summary>What runs a command on the first host.</summary>
    public string[] OnFirst => ["ip", "netns", "exec", _a];

    /// <summary>What runs a command on the second.</summary>
    public string[] OnSecond => ["ip", "netns", "exec", _b];

    public void Cut() => Must("-n", _a, "link", "set", "cable", "down");

    public void Mend() => Must("-n", _a, "link", "set", "cable", "up");

    /// <summary>Starts the built command on a host.</summary>
    public static Process Start(string[] host, params string[] arguments)
    {
        string[] command = [.. host, "dotnet", Program.Assembly, .. arguments];
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        return process;
    }

    public void Dispose()
    {
        NetworkFactAttribute.Ip("netns", "del", _a);
        NetworkFactAttribute.Ip("netns", "del", _b);
    }

    private static void Must(params string[] arguments) => Assert.True(NetworkFactAttribute.Ip(arguments), "ip " + string.Join(' ', arguments));
}
