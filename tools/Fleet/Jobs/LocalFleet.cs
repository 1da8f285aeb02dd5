using System.Collections.Concurrent;

namespace StereoSpike.Fleet;

/// <summary>A queue and its board within this process: a fleet of one machine, without any server.</summary>
public sealed class LocalFleet : IJobs, IJobBoard
{
    private readonly Lock _gate = new();
    private readonly Queue<(string Key, byte[] Body)> _waiting = new();
    private readonly HashSet<string> _held = [];
    private readonly ConcurrentDictionary<string, JobRecord> _records = new();
    private readonly ConcurrentDictionary<string, WorkerRecord> _workers = new();
    private long _refused;

    /// <inheritdoc/>
    public TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public Task<bool> OfferAsync(Job job, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        lock (_gate)
        {
            bool isNew = _held.Add(job.Key);
            if (isNew)
            {
                _waiting.Enqueue((job.Key, job.ToBytes()));
            }

            return Task.FromResult(isNew);
        }
    }

    /// <inheritdoc/>
    public Task<IJobDelivery?> NextAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return Task.FromResult<IJobDelivery?>(_waiting.TryDequeue(out (string Key, byte[] Body) next) ? new Delivery(this, next.Key, next.Body) : null);
        }
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            return Task.FromResult<long>(_held.Count);
        }
    }

    /// <inheritdoc/>
    public Task ClearAsync(CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            _waiting.Clear();
            _held.Clear();
            return Task.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public Task<JobRecord> ChangeAsync(string key, Func<JobRecord?, JobRecord> change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Task.FromResult(_records.AddOrUpdate(key, _ => change(null), (_, record) => change(record)));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, JobRecord>> RecordsAsync(CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyDictionary<string, JobRecord>>(new Dictionary<string, JobRecord>(_records));

    /// <inheritdoc/>
    public Task TellAsync(WorkerRecord worker, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(worker);
        _workers[worker.Name] = worker;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ForgetAsync(string worker, CancellationToken cancellation = default)
    {
        _workers.TryRemove(worker, out _);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkerRecord>> WorkersAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<WorkerRecord>>([.. _workers.Values]);

    /// <inheritdoc/>
    public Task RefuseAsync(string why, CancellationToken cancellation = default)
    {
        Interlocked.Increment(ref _refused);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<long> RefusedAsync(CancellationToken cancellation = default) => Task.FromResult(Volatile.Read(ref _refused));

    private sealed class Delivery(LocalFleet queue, string key, byte[] body) : IJobDelivery
    {
        public ReadOnlyMemory<byte> Body => body;

        public Task AcknowledgeAsync()
        {
            lock (queue._gate)
            {
                queue._held.Remove(key);
                return Task.CompletedTask;
            }
        }

        public async Task GiveBackAsync(TimeSpan after)
        {
            await Task.Delay(after).ConfigureAwait(false);
            lock (queue._gate)
            {
                if (queue._held.Contains(key))
                {
                    queue._waiting.Enqueue((key, body));
                }
            }
        }

        public Task ExtendAsync() => Task.CompletedTask;
    }
}
