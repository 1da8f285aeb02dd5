using System.Diagnostics;
using System.Text.Json;
using NATS.Client.Core;
using NATS.Client.KeyValueStore;

namespace StereoSpike.Fleet;

/// <summary>Who answers a rig: of all workers that would, one; the others stand by and take over when it falls silent.</summary>
/// <remarks>
/// A key a rig in the bucket <c>stereospike_rigs</c> holds the worker's name and how far it has read. It is written anew every fifth of the term; whose entry has stood unchanged for a whole term, by the clock of who looks, is taken
/// for dead, and the first to replace that very entry has the rig. A worker that could not write for a term stops by itself.
/// </remarks>
internal sealed class RigLease
{
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(5);

    private readonly INatsKVStore _store;
    private readonly string _owner;
    private readonly TimeSpan _term;
    private ulong _revision;

    private RigLease(INatsKVStore store, string rig, string owner, TimeSpan term, ulong revision, ulong position) =>
        (_store, Rig, _owner, _term, _revision, ResumeAfter) = (store, rig, owner, term, revision, position);

    /// <summary>The rig.</summary>
    public string Rig { get; }

    /// <summary>The last message that a worker who died had read; 0 where there was none, or it said goodbye.</summary>
    public ulong ResumeAfter { get; }

    /// <summary>Waits for a rig that nobody answers.</summary>
    /// <param name="store">The bucket.</param>
    /// <param name="rigs">Which rigs would do.</param>
    /// <param name="owner">The worker's name.</param>
    /// <param name="term">How long silence is borne.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<RigLease> TakeAsync(INatsKVStore store, Func<Task<IReadOnlyList<string>>> rigs, string owner, TimeSpan term, CancellationToken cancellation)
    {
        var seen = new Dictionary<string, (ulong Revision, long Since)>();
        while (true)
        {
            foreach (string rig in await rigs().ConfigureAwait(false))
            {
                NatsResult<NatsKVEntry<byte[]>> entry = await store.TryGetEntryAsync<byte[]>(rig, cancellationToken: cancellation).ConfigureAwait(false);
                if (!entry.Success && entry.Error is not (NatsKVKeyNotFoundException or NatsKVKeyDeletedException))
                {
                    throw entry.Error;
                }

                (ulong revision, Holder? holder) = entry.Success ? (entry.Value.Revision, Parse(entry.Value.Value)) : (0, null);
                if (!seen.TryGetValue(rig, out (ulong Revision, long Since) before) || before.Revision != revision)
                {
                    seen[rig] = before = (revision, Stopwatch.GetTimestamp());
                }

                if (holder is { Owner.Length: > 0 } && Stopwatch.GetElapsedTime(before.Since) < term)
                {
                    continue;
                }

                byte[] ours = Bytes(owner, holder?.Position ?? 0);
                NatsResult<ulong> taken = entry.Success
                    ? await store.TryUpdateAsync(rig, ours, revision, cancellationToken: cancellation).ConfigureAwait(false)
                    : await store.TryCreateAsync(rig, ours, cancellationToken: cancellation).ConfigureAwait(false);
                if (taken.Success)
                {
                    return new RigLease(store, rig, owner, term, taken.Value, holder?.Position ?? 0);
                }
            }

            await Task.Delay(term / 5, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps it.</summary>
    /// <param name="position">How far the worker has read.</param>
    /// <param name="cancellation">Stops keeping it.</param>
    /// <returns>When it is lost, or was cancelled.</returns>
    public async Task KeepAsync(Func<ulong> position, CancellationToken cancellation)
    {
        long last = Stopwatch.GetTimestamp();
        while (!cancellation.IsCancellationRequested && Stopwatch.GetElapsedTime(last) < _term)
        {
            try
            {
                NatsResult<ulong> written = await _store.TryUpdateAsync(Rig, Bytes(_owner, position()), _revision, cancellationToken: cancellation).ConfigureAwait(false);
                if (written.Success)
                {
                    (_revision, last) = (written.Value, Stopwatch.GetTimestamp());
                }
                else if (written.Error is NatsKVWrongLastRevisionException)
                {
                    return;
                }
            }
            catch (Exception trouble) when (trouble is NatsException or TimeoutException or OperationCanceledException)
            {
                // tried again until the term is over
            }

            await Task.Delay(_term / 5, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Says goodbye: the next worker begins with what comes then.</summary>
    public async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _store.TryUpdateAsync(Rig, Bytes("", 0), _revision, cancellationToken: patience.Token).ConfigureAwait(false);
        }
        catch (Exception trouble) when (trouble is NatsException or TimeoutException or OperationCanceledException)
        {
            // the term ends it
        }
    }

    private static byte[] Bytes(string owner, ulong position) => JsonSerializer.SerializeToUtf8Bytes(new Holder(owner, position));

    /// <summary>Whatever is no entry of ours is nobody's, once it has stood for a term.</summary>
    private static Holder Parse(byte[]? value)
    {
        try
        {
            return JsonSerializer.Deserialize<Holder>(value) ?? new Holder("?", 0);
        }
        catch (JsonException)
        {
            return new Holder("?", 0);
        }
    }

    private sealed record Holder(string Owner, ulong Position);
}
