using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StereoSpike.Ingest;

/// <summary>Live streams by the names that the command line gives them.</summary>
public static class EventStreams
{
    /// <summary>What there is, for help texts.</summary>
    public const string Description = "- (event packets on standard input), X.events (as --record writes them), tcp://HOST:PORT, udp://HOST:PORT (event packets, docs/live.md) or spif://HOST:PORT (AEStream's; the right camera on the port after)";

    /// <summary>Whether a name is that of a live stream rather than of a recording.</summary>
    public static bool IsStream(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source == "-" || source.Contains("://", StringComparison.Ordinal) || Path.GetExtension(source) == ".events";
    }

    /// <summary>Opens a stream.</summary>
    /// <param name="source">Its name, as <see cref="Description"/> lists them.</param>
    /// <param name="rig">The cameras.</param>
    /// <exception cref="ArgumentException">It is no stream's name.</exception>
    /// <exception cref="IOException">A port is in use or may not be opened, or a file cannot.</exception>
    public static IStereoSource Open(string source, StereoRig rig)
    {
        ArgumentNullException.ThrowIfNull(source);
        string[] parts = source.Split("://", 2);
        return source switch
        {
            "-" => new PacketSource(Console.OpenStandardInput(), "standard input", rig),
            _ when parts is ["tcp", var host] => new TcpSource(Address(source, host), rig),
            _ when parts is ["udp", var host] => new UdpSource(Address(source, host), rig),
            _ when parts is ["spif", var host] => new SpifSource(Address(source, host), rig),
            _ when parts.Length == 1 && Path.GetExtension(source) == ".events" => new PacketSource(File.OpenRead(source), source, rig),
            _ => throw new ArgumentException($"{source}: is no live stream. There are {Description}."),
        };
    }

    /// <summary>The address in <c>HOST:PORT</c>.</summary>
    /// <param name="source">What messages call it.</param>
    /// <param name="hostAndPort">An IP address (IPv6 in brackets), <c>localhost</c> or <c>*</c> for all of this machine's, a colon, and a port from 0 to 65535.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static IPEndPoint Address(string source, string hostAndPort)
    {
        ArgumentNullException.ThrowIfNull(hostAndPort);
        int colon = hostAndPort.LastIndexOf(':');
        string host = colon < 0 ? "" : hostAndPort[..colon];
        IPAddress? address = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.Any,
            _ => IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null,
        };
        return address is not null && ushort.TryParse(hostAndPort.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? new IPEndPoint(address, port)
            : throw new ArgumentException($"{source}: needs an address and a port, such as 127.0.0.1:4400, [::1]:4400, localhost:4400 or *:4400.");
    }

    internal static IOException CannotListen(string address, SocketException cause) => new(
        cause.SocketErrorCode == SocketError.AddressAlreadyInUse
            ? $"{address}: the port is in use. Take another, or end the program that has it."
            : $"{address}: cannot be listened on ({cause.Message}). Take an address of this machine and a port from 1024 on.",
        cause);
}
