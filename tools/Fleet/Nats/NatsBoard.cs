using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using NATS.Client.Core;
using NATS.Client.KeyValueStore;

namespace StereoSpike.Fleet;

/// <summary>A board in two JetStream key–value buckets; values are records as JSON, keys in snake_case.</summary>
public sealed class NatsBoard : IJobBoard
{
    private const string JobPrefix = "job.", RefusedKey = "refused";
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly INatsKVStore _records;
    private readonly INatsKVStore _workers;
    private readonly string _server;

    internal NatsBoard(INatsKVStore records, INatsKVStore workers, string server) => (_records, _workers, _server) = (records, workers, server);

    /// <inheritdoc/>
    public Task<JobRecord> ChangeAsync(string key, Func<JobRecord?, JobRecord> change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return NatsCalls.AskAsync(_server, () => ChangeAsync<JobRecord>(JobPrefix + key, change, cancellation));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, JobRecord>> RecordsAsync(CancellationToken cancellation = default) => NatsCalls.AskAsync(_server, async () =>
    {
        var records = new Dictionary<string, JobRecord>();
        foreach ((string key, JobRecord record) in await AllAsync<JobRecord>(_records, JobPrefix + ">", cancellation).ConfigureAwait(false))
        {
            records[key[JobPrefix.Length..]] = record;
        }

        return (IReadOnlyDictionary<string, JobRecord>)records;
    });

    /// <inheritdoc/>
    public Task TellAsync(WorkerRecord worker, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(worker);
        return NatsCalls.AskAsync(_server, () => _workers.PutAsync(worker.Name, Bytes(worker), cancellationToken: cancellation).AsTask());
    }

    /// <inheritdoc/>
    public Task ForgetAsync(string worker, CancellationToken cancellation = default) => NatsCalls.AskAsync(_server, () => _workers.DeleteAsync(worker, cancellationToken: cancellation).AsTask());

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkerRecord>> WorkersAsync(CancellationToken cancellation = default) => NatsCalls.AskAsync(_server, async () =>
        (IReadOnlyList<WorkerRecord>)[.. (await AllAsync<WorkerRecord>(_workers, ">", cancellation).ConfigureAwait(false)).Select(pair => pair.Value)]);

    /// <inheritdoc/>
    public Task RefuseAsync(string why, CancellationToken cancellation = default) =>
        NatsCalls.AskAsync(_server, () => ChangeAsync<Refusals>(RefusedKey, old => new Refusals((old?.Count ?? 0) + 1, why), cancellation));

    /// <inheritdoc/>
    public Task<long> RefusedAsync(CancellationToken cancellation = default) =>
        NatsCalls.AskAsync(_server, async () => (await FindAsync<Refusals>(RefusedKey, cancellation).ConfigureAwait(false)).Value?.Count ?? 0);

    /// <summary>Reads, changes and writes, again where somebody else wrote between.</summary>
    private async Task<T> ChangeAsync<T>(string key, Func<T?, T> change, CancellationToken cancellation)
        where T : class
    {
        while (true)
        {
            (T? old, ulong revision) = await FindAsync<T>(key, cancellation).ConfigureAwait(false);
            T changed = change(old);
            if (ReferenceEquals(changed, old))
            {
                return changed;
            }

            NatsResult<ulong> written = old is null
                ? await _records.TryCreateAsync(key, Bytes(changed), cancellationToken: cancellation).ConfigureAwait(false)
                : await _records.TryUpdateAsync(key, Bytes(changed), revision, cancellationToken: cancellation).ConfigureAwait(false);
            if (written.Success)
            {
                return changed;
            }

            if (written.Error is not (NatsKVCreateException or NatsKVWrongLastRevisionException))
            {
                throw written.Error;
            }
        }
    }

    private async Task<(T? Value, ulong Revision)> FindAsync<T>(string key, CancellationToken cancellation)
        where T : class
    {
        NatsResult<NatsKVEntry<byte[]>> entry = await _records.TryGetEntryAsync<byte[]>(key, cancellationToken: cancellation).ConfigureAwait(false);
        return entry.Success ? ((T?)Parse<T>(entry.Value.Value), entry.Value.Revision)
            : entry.Error is NatsKVKeyNotFoundException or NatsKVKeyDeletedException ? (null, 0)
            : throw entry.Error;
    }

    private static async Task<List<(string Key, T Value)>> AllAsync<T>(INatsKVStore store, string keys, CancellationToken cancellation)
        where T : class
    {
        var all = new List<(string, T)>();
        var watch = new NatsKVWatchOpts { OnNoData = _ => ValueTask.FromResult(true) };
        await foreach (NatsKVEntry<byte[]> entry in store.WatchAsync<byte[]>(keys, opts: watch, cancellationToken: cancellation).ConfigureAwait(false))
        {
            if (entry.Operation == NatsKVOperation.Put)
            {
                all.Add((entry.Key, Parse<T>(entry.Value)));
            }

            if (entry.Delta == 0)
            {
                break;   // what stood there has come; later changes are not waited for
            }
        }

        return all;
    }

    private static byte[] Bytes<T>(T value) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value, Json));

    private static T Parse<T>(byte[]? value)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(value, Json) ?? throw new JsonException("null");
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"The board holds what is no record: {cause.Message} Another program or version writes there; take another --queue.", cause);
        }
    }

    private sealed record Refusals(long Count, string Last);
}
