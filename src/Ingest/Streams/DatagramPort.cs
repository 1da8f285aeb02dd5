using System.Net;
using System.Net.Sockets;

namespace StereoSpike.Ingest;

/// <summary>A UDP port that hands out one datagram after another.</summary>
internal sealed class DatagramPort : IDisposable
{
    private const int KernelBytes = 8 << 20;   // what piles up while a window is being worked on; the system may grant less
    private readonly Socket _socket;
    private readonly byte[] _datagram = new byte[1 << 16];

    /// <param name="scheme">What comes before :// in its name.</param>
    /// <param name="address">Where to listen.</param>
    /// <exception cref="IOException">The port is in use, or may not be opened.</exception>
    public DatagramPort(string scheme, IPEndPoint address)
    {
        ArgumentNullException.ThrowIfNull(address);
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = KernelBytes };
        try
        {
            _socket.Bind(address);
        }
        catch (SocketException cause)
        {
            _socket.Dispose();
            throw EventStreams.CannotListen($"{scheme}://{address}", cause);
        }

        Address = (IPEndPoint)_socket.LocalEndPoint!;
        Name = $"{scheme}://{Address}";
    }

    public IPEndPoint Address { get; }

    public string Name { get; }

    /// <summary>Waits for a datagram.</summary>
    /// <returns>Its bytes, valid until the next call.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellation)
    {
        int length = await _socket.ReceiveAsync(_datagram, SocketFlags.None, cancellation).ConfigureAwait(false);
        return _datagram.AsMemory(0, length);
    }

    public void Dispose() => _socket.Dispose();
}
