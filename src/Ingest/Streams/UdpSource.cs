using System.Net;
using System.Runtime.CompilerServices;

namespace StereoSpike.Ingest;

/// <summary>Event packets (<see cref="EventPacket"/>) over UDP, one a datagram. A malformed datagram is thrown away and counted; a lost, late or repeated one shows by its number.</summary>
public sealed class UdpSource : IStereoSource
{
    private readonly DatagramPort _port;
    private readonly PacketReceiver _receiver;

    /// <summary>Opens a port.</summary>
    /// <param name="address">Where to listen; port 0 takes a free one.</param>
    /// <param name="rig">The cameras; packets of another sensor are malformed.</param>
    /// <exception cref="IOException">The port is in use, or may not be opened.</exception>
    public UdpSource(IPEndPoint address, StereoRig rig)
    {
        ArgumentNullException.ThrowIfNull(rig);
        Rig = rig;
        _port = new DatagramPort("udp", address);
        _receiver = new PacketReceiver(rig.Sensor, Faults);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => _port.Address;

    /// <inheritdoc/>
    public string Name => _port.Name;

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <inheritdoc/>
    public StreamFaults Faults { get; } = new();

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            ReadOnlyMemory<byte> datagram = await _port.ReceiveAsync(cancellation).ConfigureAwait(false);
            if (_receiver.Take(datagram.Span, out StreamBatch? batch) is null && batch is { } sound)
            {
                yield return sound;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _port.Dispose();
}
