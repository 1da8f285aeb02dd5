using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;

namespace StereoSpike.Fleet;

/// <summary>A queue and its board on a NATS server with JetStream, made there when first asked for.</summary>
/// <remarks>
/// <code>
/// stream   STEREOSPIKE_{queue}             stereospike.jobs.v1.{queue}.{key}: one message a job, kept until acknowledged (work queue)
/// bucket   stereospike_{queue}             a record a job; "refused": messages that were no jobs
/// bucket   stereospike_{queue}_workers     a record a worker, forgotten after an hour
/// </code>
/// The stream holds at most one message a subject and refuses another, so a job is in the queue once, also while it is being worked on.
/// </remarks>
public sealed class NatsFleet : IAsyncDisposable
{
    private const int LongestName = 64;
    private readonly NatsConnection _connection;

    private NatsFleet(NatsConnection connection, NatsJobs jobs, NatsBoard board) => (_connection, Jobs, Board) = (connection, jobs, board);

    /// <summary>The queue.</summary>
    public NatsJobs Jobs { get; }

    /// <summary>Its board.</summary>
    public NatsBoard Board { get; }

    /// <summary>Connects to a queue.</summary>
    /// <param name="address">The server.</param>
    /// <param name="name">The queue's name: letters, digits, - and _.</param>
    /// <param name="patience">How long a job may be silent before it is handed out again; null leaves what the queue has, or 30 s.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="IOException">The server does not let us in, or has no JetStream.</exception>
    public static async Task<NatsFleet> OpenAsync(NatsAddress address, string name, TimeSpan? patience = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        CheckName(name);
        NatsConnection connection = await address.ConnectAsync(cancellation).ConfigureAwait(false);
        try
        {
            var context = new NatsJSContext(connection);
            return await NatsCalls.AskAsync(address.Shown, async () =>
            {
                var buckets = new NatsKVContext(context);
                await context.CreateOrUpdateStreamAsync(StreamOf(name), cancellation).ConfigureAwait(false);
                INatsKVStore records = await buckets.CreateOrUpdateStoreAsync(new NatsKVConfig($"stereospike_{name}") { History = 1 }, cancellation).ConfigureAwait(false);
                INatsKVStore workers = await buckets.CreateOrUpdateStoreAsync(new NatsKVConfig($"stereospike_{name}_workers") { History = 1, MaxAge = TimeSpan.FromHours(1) }, cancellation).ConfigureAwait(false);
                NatsJobs jobs = await NatsJobs.OpenAsync(context, address.Shown, name, patience, cancellation).ConfigureAwait(false);
                return new NatsFleet(connection, jobs, new NatsBoard(records, workers, address.Shown));
            }).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    internal static void CheckName(string name)
    {
        if (name is not { Length: > 0 and <= LongestName } || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            throw new ArgumentException($"\"{name}\" cannot name a queue: 1 to {LongestName} letters, digits, - and _ can.");
        }
    }

    private static StreamConfig StreamOf(string name) => new()
    {
        Name = NatsJobs.StreamName(name),
        Description = "Jobs of stereospike fleet",
        Subjects = [$"{NatsJobs.SubjectPrefix(name)}>"],
        Retention = StreamConfigRetention.Workqueue,
        MaxMsgsPerSubject = 1,
        Discard = StreamConfigDiscard.New,
        DiscardNewPerSubject = true,
        MaxMsgSize = 2 * Job.MostBytes,   // what is somewhat too long is taken, refused and counted
    };
}
