using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace StereoSpike.Fleet;

/// <summary>Jobs in a JetStream work queue.</summary>
public sealed class NatsJobs : IJobs
{
    private const string Consumer = "workers";
    private const int MostAtWork = 10_000, SubjectTaken = 10_077, NotFound = 404;
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(30), Wait = TimeSpan.FromSeconds(2);
    private readonly NatsJSContext _context;
    private readonly INatsJSConsumer _consumer;
    private readonly string _server;
    private readonly string _name;

    private NatsJobs(NatsJSContext context, INatsJSConsumer consumer, string server, string name) => (_context, _consumer, _server, _name) = (context, consumer, server, name);

    /// <inheritdoc/>
    public TimeSpan Patience => _consumer.Info.Config.AckWait;

    /// <inheritdoc/>
    public Task<bool> OfferAsync(Job job, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return NatsCalls.AskAsync(_server, async () =>
        {
            string subject = SubjectPrefix(_name) + job.Key;
            PubAckResponse answer = await PublishAsync().ConfigureAwait(false);
            if (answer.Error is { ErrCode: SubjectTaken } && await RemoveGhostAsync(subject, cancellation).ConfigureAwait(false))
            {
                answer = await PublishAsync().ConfigureAwait(false);
            }

            if (answer.Error is { ErrCode: SubjectTaken })
            {
                return false;
            }

            answer.EnsureSuccess();
            return true;

            ValueTask<PubAckResponse> PublishAsync() => _context.PublishAsync(subject, job.ToBytes(), cancellationToken: cancellation);
        });
    }

    /// <inheritdoc/>
    public Task<IJobDelivery?> NextAsync(CancellationToken cancellation = default) => NatsCalls.AskAsync(_server, async () =>
    {
        INatsJSMsg<byte[]>? message = await _consumer.NextAsync<byte[]>(opts: new NatsJSNextOpts { Expires = Wait, IdleHeartbeat = Wait / 4 }, cancellationToken: cancellation).ConfigureAwait(false);
        return message is null ? null : (IJobDelivery?)new Delivery(message, _server);
    });

    /// <inheritdoc/>
    /// <remarks>What the consumer has yet to hand out or hear of; the stream itself may hold ghosts.</remarks>
    public Task<long> CountAsync(CancellationToken cancellation = default) => NatsCalls.AskAsync(_server, async () =>
    {
        await _consumer.RefreshAsync(cancellation).ConfigureAwait(false);
        return (long)_consumer.Info.NumPending + _consumer.Info.NumAckPending;
    });

    /// <inheritdoc/>
    public Task ClearAsync(CancellationToken cancellation = default) =>
        NatsCalls.AskAsync(_server, async () => (await _context.PurgeStreamAsync(StreamName(_name), new StreamPurgeRequest(), cancellation).ConfigureAwait(false)).Success);

    internal static string StreamName(string queue) => $"STEREOSPIKE_{queue}";

    internal static string SubjectPrefix(string queue) => $"stereospike.jobs.v1.{queue}.";

    internal static async Task<NatsJobs> OpenAsync(NatsJSContext context, string server, string name, TimeSpan? patience, CancellationToken cancellation)
    {
        INatsJSConsumer? consumer = null;
        if (patience is null)
        {
            try
            {
                consumer = await context.GetConsumerAsync(StreamName(name), Consumer, cancellation).ConfigureAwait(false);
            }
            catch (NatsJSApiException missing) when (missing.Error.Code == NotFound)
            {
                patience = DefaultPatience;
            }
        }

        consumer ??= await context.CreateOrUpdateConsumerAsync(StreamName(name), new ConsumerConfig(Consumer)
        {
            AckPolicy = ConsumerConfigAckPolicy.Explicit,
            AckWait = patience!.Value,
            MaxDeliver = -1,   // workers count attempts on the board, since what is given back is not one
            MaxAckPending = MostAtWork,
        }, cancellation).ConfigureAwait(false);
        return new NatsJobs(context, consumer, server, name);
    }

    /// <summary>A server that was killed may have back what was acknowledged shortly before: messages that hold their subjects and are never handed out.</summary>
    /// <returns>Whether there was one, and it is gone.</returns>
    private async Task<bool> RemoveGhostAsync(string subject, CancellationToken cancellation)
    {
        INatsJSStream stream = await _context.GetStreamAsync(StreamName(_name), cancellationToken: cancellation).ConfigureAwait(false);
        ulong number;
        try
        {
            number = (await stream.GetAsync(new StreamMsgGetRequest { LastBySubj = subject }, cancellation).ConfigureAwait(false)).Message.Seq;
        }
        catch (NatsJSApiException gone) when (gone.Error.Code == NotFound)
        {
            return true;   // a worker acknowledged it just now
        }

        await _consumer.RefreshAsync(cancellation).ConfigureAwait(false);
        return number <= _consumer.Info.AckFloor.StreamSeq
            && await _context.DeleteMessageAsync(StreamName(_name), new StreamMsgDeleteRequest { Seq = number }, cancellation).ConfigureAwait(false) is { Success: true };
    }

    private sealed class Delivery(INatsJSMsg<byte[]> message, string server) : IJobDelivery
    {
        public ReadOnlyMemory<byte> Body => message.Data ?? [];

        public Task AcknowledgeAsync() => NatsCalls.AskAsync(server, () => message.AckAsync(new AckOpts { DoubleAck = true }).AsTask());

        public Task GiveBackAsync(TimeSpan after) => NatsCalls.AskAsync(server, () => message.NakAsync(new AckOpts { NakDelay = after, DoubleAck = true }).AsTask());

        public Task ExtendAsync() => NatsCalls.AskAsync(server, () => message.AckProgressAsync().AsTask());
    }
}
