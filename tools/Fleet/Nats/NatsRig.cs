using System.Globalization;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using StereoSpike.Ingest;

namespace StereoSpike.Fleet;

/// <summary>A rig's voice on a NATS server: its event packets, kept there for ten minutes, and the answers about it, for who listens then.</summary>
public sealed class NatsRig : IAsyncDisposable
{
    /// <summary>The version of subjects, packets and headers.</summary>
    public const int SchemaVersion = 1;

    private const int MostUnconfirmed = 32;
    private readonly NatsConnection _connection;
    private readonly NatsJSContext _context;
    private readonly RigAddress _address;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly Queue<(Packet Packet, Task<bool> Confirmed)> _unconfirmed = new();
    private long _sent;

    private NatsRig(NatsConnection connection, NatsJSContext context, RigAddress address) => (_connection, _context, _address) = (connection, context, address);

    /// <summary>Connects.</summary>
    /// <param name="address">The rig, by its name.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">It is any rig.</exception>
    /// <exception cref="IOException">The server does not let us in, or has no JetStream.</exception>
    public static async Task<NatsRig> OpenAsync(RigAddress address, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Rig == RigAddress.Any)
        {
            throw new ArgumentException($"{address.Shown}: names no rig to speak for. Write its name in place of *.");
        }

        NatsConnection connection = await address.Server.ConnectAsync(cancellation).ConfigureAwait(false);
        var context = new NatsJSContext(connection);
        await NatsCalls.AskAsync(address.Server.Shown, () => (Task)RigSubjects.OpenAsync(context, cancellation)).ConfigureAwait(false);
        return new NatsRig(connection, context, address);
    }

    /// <summary>Sends an event packet (<see cref="EventPacket"/>), and waits where too many before it have not been confirmed; through outages.</summary>
    /// <param name="packet">A whole packet; copied.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task SendEventsAsync(ReadOnlyMemory<byte> packet, CancellationToken cancellation = default)
    {
        var sending = new Packet(
            RigSubjects.Events(_address.Rig, (Camera)packet.Span[5]), packet.ToArray(),
            new NatsJSPubOpts { MsgId = string.Create(CultureInfo.InvariantCulture, $"{_session}-{_sent++}") });   // sent again, it is still kept once
        _unconfirmed.Enqueue((sending, PublishAsync(sending, cancellation)));
        await ConfirmAsync(MostUnconfirmed, cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits until the server has all packets.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task FlushAsync(CancellationToken cancellation = default) => ConfirmAsync(0, cancellation);

    /// <summary>Waits for the oldest until so many are left; what failed is sent again, and all behind it.</summary>
    private async Task ConfirmAsync(int most, CancellationToken cancellation)
    {
        while (_unconfirmed.Count > most)
        {
            if (await _unconfirmed.Peek().Confirmed.ConfigureAwait(false))
            {
                _unconfirmed.Dequeue();
                continue;
            }

            await Task.Delay(200, cancellation).ConfigureAwait(false);
            Packet[] again = [.. _unconfirmed.Select(waiting => waiting.Packet)];
            await Task.WhenAll(_unconfirmed.Select(waiting => waiting.Confirmed)).ConfigureAwait(false);
            _unconfirmed.Clear();
            foreach (Packet packet in again)
            {
                _unconfirmed.Enqueue((packet, PublishAsync(packet, cancellation)));
            }
        }
    }

    /// <returns>Whether the server has it now: a packet that it had before, of which we had not heard, is no fault.</returns>
    private async Task<bool> PublishAsync(Packet packet, CancellationToken cancellation)
    {
        try
        {
            PubAckResponse answer = await NatsCalls.AskAsync(
                _address.Server.Shown, () => _context.PublishAsync(packet.Subject, packet.Bytes, opts: packet.Once, cancellationToken: cancellation).AsTask()).ConfigureAwait(false);
            return answer.Error is null;
        }
        catch (QueueUnreachableException)
        {
            return false;
        }
    }

    /// <summary>Publishes an answer.</summary>
    /// <param name="format">What it is: ndjson, png, npy, pfm or ply; the end of its subject.</param>
    /// <param name="frame">Which answer of the run.</param>
    /// <param name="window">Its window, µs of the stream.</param>
    /// <param name="bytes">The answer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">It is longer than the server takes.</exception>
    public async Task PublishAsync(string format, long frame, TimeWindow window, ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        if (_connection.ServerInfo is { MaxPayload: var most } && bytes.Length > most)
        {
            throw new IOException($"{_address.Shown}: an answer of {bytes.Length} bytes is longer than the server's {most}. Choose --format png, or set max_payload there.");
        }

        var headers = new NatsHeaders
        {
            ["Stereospike-Schema"] = Text(SchemaVersion),
            ["Stereospike-Frame"] = Text(frame),
            ["Stereospike-Start-Us"] = Text(window.StartUs),
            ["Stereospike-End-Us"] = Text(window.EndUs),
        };
        await _connection.PublishAsync(RigSubjects.Answers(_address.Rig, format), bytes.ToArray(), headers, cancellationToken: cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Packet(string Subject, byte[] Bytes, NatsJSPubOpts Once);
}
