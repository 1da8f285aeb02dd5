using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace StereoSpike.Ingest;

/// <summary>Event packets (<see cref="EventPacket"/>) over TCP: senders connect, both cameras over one connection or each over its own, in any order.</summary>
/// <remarks>
/// A malformed packet is counted and its connection closed, since a stream of bytes cannot be entered again; the sender may connect anew, and the stream goes on meanwhile. What a slow
/// reader does not take stays in the senders' sockets: TCP holds them back. A sender that connects when no other is there begins anew in time.
/// </remarks>
public sealed class TcpSource : IStereoSource
{
    /// <summary>The most connections at once; more are closed as they come.</summary>
    public const int MaximumConnections = 4;

    private const int MostWaiting = 16;
    private readonly TcpListener _listener;
    private readonly IPEndPoint _local;
    private int _open;

    /// <summary>Opens a port.</summary>
    /// <param name="address">Where to listen; port 0 takes a free one.</param>
    /// <param name="rig">The cameras; packets of another sensor are malformed.</param>
    /// <exception cref="IOException">The port is in use, or may not be opened.</exception>
    public TcpSource(IPEndPoint address, StereoRig rig)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(rig);
        Rig = rig;
        _listener = new TcpListener(address);
        try
        {
            _listener.Start();
        }
        catch (SocketException cause)
        {
            _listener.Dispose();
            throw EventStreams.CannotListen($"tcp://{address}", cause);
        }

        _local = (IPEndPoint)_listener.LocalEndpoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => _local;

    /// <inheritdoc/>
    public string Name => $"tcp://{_local}";

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <inheritdoc/>
    public StreamFaults Faults { get; } = new();

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<StreamBatch> arrived = Channel.CreateBounded<StreamBatch>(MostWaiting);
        Task accepting = AcceptAsync(arrived.Writer, stopping.Token);
        try
        {
            await foreach (StreamBatch batch in arrived.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                yield return batch;
                GiveBack(batch);
            }
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(ChannelWriter<StreamBatch> target, CancellationToken stopping)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(stopping).ConfigureAwait(false);
                connections.RemoveAll(connection => connection.IsCompleted);
                if (Volatile.Read(ref _open) >= MaximumConnections)
                {
                    Faults.AddRefusedConnection();
                    client.Dispose();
                    continue;
                }

                Faults.AddConnection();
                if (Interlocked.Increment(ref _open) == 1)
                {
                    await target.WriteAsync(StreamBatch.Restart(0, Stopwatch.GetTimestamp()), stopping).ConfigureAwait(false);
                }

                connections.Add(ReceiveAsync(client, target, stopping));
            }
        }
        catch (Exception end) when (end is not OperationCanceledException)
        {
            target.TryComplete(end);   // the listener broke: the reader is told
        }
        finally
        {
            await Task.WhenAll(connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReceiveAsync(TcpClient client, ChannelWriter<StreamBatch> target, CancellationToken stopping)
    {
        var receiver = new PacketReceiver(Rig.Sensor, Faults);
        var packet = new byte[EventPacket.MaximumBytes];
        try
        {
            using (client)
            {
                NetworkStream bytes = client.GetStream();
                while (await ReceivePacketAsync(bytes, packet, stopping).ConfigureAwait(false) is > 0 and int length && receiver.Take(packet.AsSpan(0, length), out StreamBatch? batch) is null)
                {
                    if (batch is { } sound)
                    {
                        await target.WriteAsync(Copy(sound), stopping).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (Exception end) when (end is IOException or SocketException or OperationCanceledException)
        {
            // the sender went away, or the stream is being stopped: what came whole before was handed on
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>Receives a packet whole.</summary>
    /// <returns>Its length; 0 at the connection's end or where its head is malformed, which is counted.</returns>
    private async Task<int> ReceivePacketAsync(NetworkStream bytes, byte[] packet, CancellationToken stopping)
    {
        int got = await bytes.ReadAtLeastAsync(packet.AsMemory(0, EventPacket.HeadBytes), EventPacket.HeadBytes, throwOnEndOfStream: false, stopping).ConfigureAwait(false);
        if (got == 0)
        {
            return 0;
        }

        int length = 0;
        if (got == EventPacket.HeadBytes && EventPacket.Measure(packet, out length) is null)
        {
            got += await bytes.ReadAtLeastAsync(packet.AsMemory(got, length - got), length - got, throwOnEndOfStream: false, stopping).ConfigureAwait(false);
            if (got == length)
            {
                return length;
            }
        }

        Faults.AddMalformed();
        return 0;
    }

    private static StreamBatch Copy(in StreamBatch batch)
    {
        if (batch.Events.IsEmpty)
        {
            return batch;
        }

        DvsEvent[] rented = ArrayPool<DvsEvent>.Shared.Rent(batch.Events.Length);
        batch.Events.CopyTo(rented);
        return batch with { Events = rented.AsMemory(0, batch.Events.Length) };
    }

    private static void GiveBack(in StreamBatch batch)
    {
        if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(batch.Events, out ArraySegment<DvsEvent> events) && events.Array is { Length: > 0 } rented)
        {
            ArrayPool<DvsEvent>.Shared.Return(rented);
        }
    }
}
