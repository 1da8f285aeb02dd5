using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace StereoSpike.Training;

/// <summary>The processes that train one network together, as one of them sees it. On its own (<see cref="Alone"/>) it loads nothing and every exchange is empty.</summary>
/// <remarks>Exchanges are collective: all ranks make the same ones in the same order, on the thread that called <see cref="Join"/>. See docs/adr/0019-mpi-by-pinvoke.md.</remarks>
public sealed class Ranks : IDisposable
{
    private const int MostBytesAtOnce = 1 << 30;   // MPI counts in int
    private readonly Mpi? _mpi;
    private readonly nint _failures;   // a communicator of its own: a failing rank cannot know which exchange the others are in

    private Ranks(Mpi? mpi)
    {
        _mpi = mpi;
        if (mpi is not null)
        {
            (Rank, Size) = (mpi.Rank(mpi.World), mpi.Size(mpi.World));
            _failures = mpi.Duplicate(mpi.World);
        }
    }

    /// <summary>A process on its own.</summary>
    public static Ranks Alone { get; } = new(null);

    /// <summary>This process's number, 0 to <see cref="Size"/> − 1.</summary>
    public int Rank { get; }

    /// <summary>How many processes there are, at least 1.</summary>
    public int Size { get; } = 1;

    /// <summary>Whether this is the one that writes files and speaks.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Joins the processes that mpirun, mpiexec or srun started; a process that none of them started is on its own.</summary>
    /// <exception cref="DllNotFoundException">It was started by one of them, whose MPI library cannot be loaded.</exception>
    /// <exception cref="NotSupportedException">srun started several without MPI.</exception>
    public static Ranks Join() => MpiLauncher.Find(Environment.GetEnvironmentVariable) is { } launcher ? new Ranks(launcher.Start()) : Alone;

    /// <summary>Replaces each value by its sum over all ranks, to the same bits on each.</summary>
    public void Sum(Span<float> values) => _mpi?.Sum(values, _mpi.World);

    /// <summary>Whether it is true on any rank.</summary>
    public bool Any(bool here)
    {
        Span<float> count = [here ? 1f : 0f];
        Sum(count);
        return count[0] > 0f;
    }

    /// <summary>Gives every rank what one of them has, in place.</summary>
    /// <param name="values">As many on each rank.</param>
    /// <param name="from">Who has it.</param>
    public void Broadcast<T>(Span<T> values, int from = 0)
        where T : unmanaged
    {
        for (Span<byte> left = MemoryMarshal.AsBytes(values); _mpi is not null && left.Length > 0; left = left[Math.Min(left.Length, MostBytesAtOnce)..])
        {
            _mpi.Broadcast(left[..Math.Min(left.Length, MostBytesAtOnce)], from, _mpi.World);
        }
    }

    /// <summary>Gives every rank the first one's bytes, of whatever number.</summary>
    /// <param name="bytes">The first rank's; of the others nothing is read.</param>
    public byte[] BroadcastBytes(byte[]? bytes)
    {
        Span<int> length = [bytes?.Length ?? 0];
        Broadcast(length);
        byte[] all = IsFirst ? bytes! : new byte[length[0]];
        Broadcast(all.AsSpan());
        return all;
    }

    /// <summary>Checks that all ranks have the same text as the first.</summary>
    /// <exception cref="InvalidDataException">This one has another; the message shows where they part.</exception>
    public void RequireSame(string what, string text)
    {
        string first = Encoding.UTF8.GetString(BroadcastBytes(Encoding.UTF8.GetBytes(text)));
        if (first != text)
        {
            int at = Math.Max(0, text.Zip(first).TakeWhile(pair => pair.First == pair.Second).Count() - 20);
            throw new InvalidDataException($"Rank {Rank} has other {what} than rank 0: \"{Excerpt(text)}\" where it has \"{Excerpt(first)}\". All ranks need the same program, options and data.");

            string Excerpt(string whole) => whole[Math.Min(at, whole.Length)..Math.Min(at + 60, whole.Length)].ReplaceLineEndings(" ");
        }
    }

    /// <summary>Waits until all ranks have come here.</summary>
    public void Barrier() => _mpi?.Barrier(_mpi.World);

    /// <summary>Cores that this rank may compute with: those it is allowed to run on, each shared evenly among the ranks of this machine that are allowed on it.</summary>
    /// <returns>At least 1.</returns>
    public int CoresPerRank()
    {
        if (_mpi is null)
        {
            return Environment.ProcessorCount;
        }

        int[] allowed = AllowedCores.Read();
        float[] ranks = new float[AllowedCores.Most];
        foreach (int core in allowed)
        {
            ranks[core] = 1f;
        }

        _mpi.Sum(ranks, _mpi.Machine());
        return Math.Max(1, (int)(allowed.Sum(core => 1.0 / ranks[core]) + 1e-6));   // thirds that add up to one must
    }

    /// <summary>Tells the others of a failure here, and finds out whether all of them fail at this moment: then one message is enough and all can end in good order.</summary>
    /// <param name="patience">How long to wait for them.</param>
    public bool AllFail(TimeSpan patience)
    {
        if (_mpi is null)
        {
            return true;
        }

        if (_mpi.UnderWay > 0)
        {
            return false;   // MPI cannot be left in good order
        }

        using var failed = new PendingSum(1);
        long started = Stopwatch.GetTimestamp();
        for (failed.Begin(_mpi, _failures); !failed.Test();)
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
            {
                return false;
            }

            Thread.Sleep(1);
        }

        return true;
    }

    /// <summary>Ends all ranks at once; does not return where there are others.</summary>
    /// <param name="code">Exit code.</param>
    public void Abort(int code) => _mpi?.Abort(code);

    /// <summary>Leaves; every rank must.</summary>
    public void Dispose() => _mpi?.Finish();

    /// <summary>Begins a sum over all ranks that goes on while this one computes.</summary>
    internal void Begin(PendingSum sum)
    {
        if (_mpi is not null)
        {
            sum.Begin(_mpi, _mpi.World);
        }
    }
}
