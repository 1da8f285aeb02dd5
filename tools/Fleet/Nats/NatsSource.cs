using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;
using StereoSpike.Ingest;

namespace StereoSpike.Fleet;

/// <summary>Event packets of a rig from a NATS server, one a message, in the order the server has them.</summary>
/// <remarks>
/// Workers on one rig are a group: one reads, the others wait in <see cref="ReadAsync"/> until it falls silent (<see cref="RigLease"/>), and go on where it was. A slow reader leaves messages on the server, which keeps ten minutes;
/// what it lost to age shows in the packets' numbers. A message that is no packet of the rig's sensor, or of another camera than its subject, is thrown away and counted.
/// </remarks>
public sealed class NatsSource : IStereoSource
{
    private const int MostWaiting = 16, Batch = 512;   // a round trip a batch, and no more than the client's own queue of 1,024 holds
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5), Wait = TimeSpan.FromSeconds(2);
    private readonly RigAddress _address;
    private readonly TimeSpan _term;
    private ulong _read;

    /// <summary>Names a rig; the server is spoken to when it is read.</summary>
    /// <param name="address">The rig.</param>
    /// <param name="rig">Its cameras.</param>
    public NatsSource(RigAddress address, StereoRig rig)
        : this(address, rig, RigLease.Term)
    {
    }

    internal NatsSource(RigAddress address, StereoRig rig, TimeSpan term)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(rig);
        (_address, Rig, _term) = (address, rig, term);
    }

    /// <inheritdoc/>
    public string Name => _address.Shown;

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <inheritdoc/>
    public StreamFaults Faults { get; } = new();

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using NatsConnection connection = await _address.Server.ConnectAsync(cancellation).ConfigureAwait(false);
        var context = new NatsJSContext(connection);
        INatsKVStore leases = await NatsCalls.AskAsync(Name, async () =>
        {
            await RigSubjects.OpenAsync(context, cancellation).ConfigureAwait(false);
            return await new NatsKVContext(context).CreateOrUpdateStoreAsync(new NatsKVConfig("stereospike_rigs") { History = 1 }, cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<(bool IsLeft, byte[]? Packet)> arrived = Channel.CreateBounded<(bool, byte[]?)>(MostWaiting);
        Task reading = ReadOnAsync(context, leases, arrived.Writer, stopping.Token);
        var packets = new PacketDoor(Rig.Sensor, Faults);
        try
        {
            await foreach ((bool isLeft, byte[]? packet) in arrived.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                if (packets.Take(packet, isLeft ? Camera.Left : Camera.Right) is { } batch)
                {
                    yield return batch;
                }
            }
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // nothing is held but while it is read
    }

    /// <summary>Waits for a rig, reads it until it is lost, and waits again; through outages of the server.</summary>
    private async Task ReadOnAsync(NatsJSContext context, INatsKVStore leases, ChannelWriter<(bool, byte[]?)> target, CancellationToken stopping)
    {
        string owner = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
        bool first = true;
        try
        {
            while (true)
            {
                try
                {
                    RigLease lease = await RigLease.TakeAsync(leases, () => RigsAsync(context, stopping), owner, _term, stopping).ConfigureAwait(false);
                    Volatile.Write(ref _read, lease.ResumeAfter);
                    await ReadRigAsync(context, lease, first, target, stopping).ConfigureAwait(false);
                    first = false;
                }
                catch (Exception trouble) when (trouble is NatsException or TimeoutException && !stopping.IsCancellationRequested)
                {
                    await Task.Delay(Pause, stopping).ConfigureAwait(false);
                }
            }
        }
        catch (Exception end)
        {
            target.TryComplete(end is OperationCanceledException ? null : end);
        }
    }

    private async Task<IReadOnlyList<string>> RigsAsync(NatsJSContext context, CancellationToken stopping) =>
        _address.Rig == RigAddress.Any ? await RigSubjects.RigsAsync(context, stopping).ConfigureAwait(false) : [_address.Rig];

    private async Task ReadRigAsync(NatsJSContext context, RigLease lease, bool first, ChannelWriter<(bool, byte[]?)> target, CancellationToken stopping)
    {
        using var losing = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task keeping = Task.Run(
            async () =>
            {
                await lease.KeepAsync(() => Volatile.Read(ref _read), losing.Token).ConfigureAwait(false);
                await losing.CancelAsync().ConfigureAwait(false);
            },
            CancellationToken.None);
        try
        {
            await target.WriteAsync((true, null), losing.Token).ConfigureAwait(false);
            while (true)
            {
                try
                {
                    await ReadInOrderAsync(context, lease.Rig, first, target, losing.Token).ConfigureAwait(false);
                }
                catch (Exception trouble) when (trouble is NatsException or TimeoutException && !losing.IsCancellationRequested)
                {
                    await Task.Delay(Pause, losing.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // somebody else has the rig now
        }
        finally
        {
            await losing.CancelAsync().ConfigureAwait(false);
            await keeping.ConfigureAwait(false);
            await lease.LeaveAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Hands messages on as long as each follows the one before; whoever calls again goes on behind the last.</summary>
    private async Task ReadInOrderAsync(NatsJSContext context, string rig, bool first, ChannelWriter<(bool, byte[]?)> target, CancellationToken losing)
    {
        INatsJSConsumer consumer = await context.CreateConsumerAsync(RigSubjects.Stream, Beginning(rig, first), losing).ConfigureAwait(false);
        string left = RigSubjects.Events(rig, Camera.Left);
        for (ulong expected = 1; ;)
        {
            ulong before = expected;
            await foreach (INatsJSMsg<byte[]> message in consumer.FetchAsync<byte[]>(new NatsJSFetchOpts { MaxMsgs = Batch, Expires = Wait }, cancellationToken: losing).ConfigureAwait(false))
            {
                if (message.Metadata is not { Sequence: var number } || number.Consumer != expected++)
                {
                    return;   // one was lost on the way here
                }

                await target.WriteAsync((message.Subject == left, message.Data ?? []), losing).ConfigureAwait(false);
                Volatile.Write(ref _read, number.Stream);
            }

            if (expected == before)
            {
                await consumer.RefreshAsync(losing).ConfigureAwait(false);   // fails where a server that began anew has forgotten it
            }
        }
    }

    /// <summary>Where to begin: behind what was read, here or by a worker that died; or as far back as was asked; or now.</summary>
    private ConsumerConfig Beginning(string rig, bool first)
    {
        ulong read = Volatile.Read(ref _read);
        bool back = read == 0 && first && _address.LastSeconds > 0;
        return new ConsumerConfig
        {
            Name = $"stereospike-{Guid.NewGuid():N}",
            FilterSubject = RigSubjects.EventsOf(rig),
            AckPolicy = ConsumerConfigAckPolicy.None,
            DeliverPolicy = read > 0 ? ConsumerConfigDeliverPolicy.ByStartSequence : back ? ConsumerConfigDeliverPolicy.ByStartTime : ConsumerConfigDeliverPolicy.New,
            OptStartSeq = read > 0 ? read + 1 : 0,
            OptStartTime = back ? DateTimeOffset.UtcNow.AddSeconds(-_address.LastSeconds) : default,
            MemStorage = true,
            InactiveThreshold = TimeSpan.FromMinutes(1),
        };
    }
}
