using System.Runtime.ExceptionServices;

namespace StereoSpike.Hardware;

/// <summary>A piece of work that several threads share: its parts are taken one by one, in any order.</summary>
internal interface ITeamWork
{
    /// <summary>Does one part.</summary>
    /// <param name="part">Which, 0-based.</param>
    /// <param name="worker">Which thread does it, 0-based: the key to scratch memory of its own.</param>
    void Do(int part, int worker);
}

/// <summary>Threads that work on one thing together and then wait for the next, without allocating: the layers of a frame are too short for the thread pool.</summary>
internal sealed class WorkTeam : IDisposable
{
    private const int SpinsBeforeSleep = 2_000;   // some tens of µs: the gap between two layers, not the one between two frames
    private readonly object _gate = new();
    private readonly Thread[] _helpers;
    private ITeamWork? _work;
    private ExceptionDispatchInfo? _failure;
    private int _parts;
    private int _next;
    private int _busy;
    private int _round;
    private int _asleep;
    private bool _closed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many work, the caller's included; at least 1.</param>
    public WorkTeam(int threads)
    {
        Threads = Guard.AtLeast(threads, 1, nameof(threads));
        _helpers = new Thread[threads - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            int worker = i + 1;
            _helpers[i] = new Thread(() => Help(worker)) { IsBackground = true, Name = $"event engine {worker}" };
            _helpers[i].Start();
        }
    }

    /// <summary>Threads, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>Does all parts and returns when the last is done. One caller at a time.</summary>
    public void Run(ITeamWork work, int parts)
    {
        if (_helpers.Length == 0 || parts <= 1)
        {
            for (int part = 0; part < parts; part++)
            {
                work.Do(part, 0);
            }

            return;
        }

        _work = work;
        _parts = parts;
        _next = 0;
        Volatile.Write(ref _busy, _helpers.Length);
        Interlocked.Increment(ref _round);   // a full fence: whoever sees the new round sees what stands above
        if (Volatile.Read(ref _asleep) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }

        TakeParts(work, 0);
        var wait = default(SpinWait);
        while (Volatile.Read(ref _busy) > 0)
        {
            wait.SpinOnce(sleep1Threshold: -1);   // yields to a helper that lost its core; never sleeps a millisecond
        }

        _failure?.Throw();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread helper in _helpers)
        {
            helper.Join();
        }
    }

    private void Help(int worker)
    {
        int seen = 0;
        while (Await(seen))
        {
            seen = Volatile.Read(ref _round);
            TakeParts(_work!, worker);
            Interlocked.Decrement(ref _busy);
        }
    }

    private bool Await(int seen)
    {
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (Volatile.Read(ref _round) != seen)
            {
                return true;
            }

            Thread.SpinWait(8);
        }

        lock (_gate)
        {
            Interlocked.Increment(ref _asleep);   // before the look at the round: either this thread sees it or Run sees the sleeper
            while (Volatile.Read(ref _round) == seen && !_closed)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _asleep);
        }

        return Volatile.Read(ref _round) != seen;
    }

    private void TakeParts(ITeamWork work, int worker)
    {
        try
        {
            int part;
            while ((part = Interlocked.Increment(ref _next) - 1) < _parts)
            {
                work.Do(part, worker);
            }
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);   // told by Run, on the caller's thread
        }
    }
}
