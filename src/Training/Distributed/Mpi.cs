using System.Runtime.InteropServices;

namespace StereoSpike.Training;

/// <summary>The few functions of MPI that training needs, by P/Invoke, from whichever library the launcher belongs to.</summary>
/// <remarks>
/// Open MPI hands communicators, types and operations out as addresses of objects it exports (<c>ompi_mpi_comm_world</c>); MPICH and its kin as numbers fixed in its
/// <c>mpi.h</c>. Either goes into a pointer-sized argument: on the 64-bit calling conventions in use an <c>int</c> is read from its lower half. What a call writes, a request or a
/// communicator, goes into 8 bytes that were 0. Errors inside MPI end the whole job with MPI's own message (<c>MPI_ERRORS_ARE_FATAL</c>, the default), so no call returns one.
/// Source: MPI: A Message-Passing Interface Standard, version 3.1, 2015; mpi.h of Open MPI 4.1.4 and of MPICH 4.0.2.
/// </remarks>
internal sealed unsafe class Mpi
{
    private const int Funneled = 1;   // MPI_THREAD_FUNNELED: only the thread that starts MPI calls it
    private readonly nint _library;
    private readonly Handles _handles;
    private readonly delegate* unmanaged<void*, nint, int, nint, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<nint, void*, int, nint, nint, nint, void*, int> _beginAllReduce;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> _broadcast;
    private readonly delegate* unmanaged<void*, int*, nint, int> _test;
    private readonly delegate* unmanaged<void*, nint, int> _wait;

    private Mpi(nint library)
    {
        _library = library;
        _handles = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out nint world) ? OpenMpi(library, world) : Mpich;
        _allReduce = (delegate* unmanaged<void*, nint, int, nint, nint, nint, int>)Symbol("MPI_Allreduce");
        _beginAllReduce = (delegate* unmanaged<nint, void*, int, nint, nint, nint, void*, int>)Symbol("MPI_Iallreduce");
        _broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)Symbol("MPI_Bcast");
        _test = (delegate* unmanaged<void*, int*, nint, int>)Symbol("MPI_Test");
        _wait = (delegate* unmanaged<void*, nint, int>)Symbol("MPI_Wait");
    }

    /// <summary>All ranks.</summary>
    public nint World => _handles.World;

    /// <summary>Sums that were begun and are not done.</summary>
    public int UnderWay { get; private set; }

    /// <summary>Starts MPI. The calling thread is the only one that may call any other member.</summary>
    /// <param name="names">The library's possible names, likeliest first.</param>
    /// <returns>null where none of them can be loaded.</returns>
    public static Mpi? Start(IEnumerable<string> names)
    {
        using var signals = new RuntimeSignals();
        nint library = 0;
        if (!names.Any(name => NativeLibrary.TryLoad(name, out library)))
        {
            return null;
        }

        var mpi = new Mpi(library);
        int provided;
        ((delegate* unmanaged<void*, void*, int, int*, int>)mpi.Symbol("MPI_Init_thread"))(null, null, Funneled, &provided);
        return mpi;
    }

    /// <summary>This process's number in a communicator, from 0.</summary>
    public int Rank(nint communicator) => Ask("MPI_Comm_rank", communicator);

    /// <summary>A communicator's number of processes.</summary>
    public int Size(nint communicator) => Ask("MPI_Comm_size", communicator);

    /// <summary>A communicator of the same processes, whose messages never meet those of the first.</summary>
    public nint Duplicate(nint communicator)
    {
        nint copy = 0;
        ((delegate* unmanaged<nint, nint*, int>)Symbol("MPI_Comm_dup"))(communicator, &copy);
        return copy;
    }

    /// <summary>A communicator of those processes that share this one's machine.</summary>
    public nint Machine()
    {
        nint local = 0;
        ((delegate* unmanaged<nint, int, int, nint, nint*, int>)Symbol("MPI_Comm_split_type"))(World, _handles.TypeShared, 0, _handles.NoHints, &local);
        return local;
    }

    /// <summary>Replaces each value by its sum over all ranks.</summary>
    public void Sum(Span<float> values, nint communicator)
    {
        fixed (float* start = values)
        {
            _allReduce((void*)_handles.InPlace, (nint)start, values.Length, _handles.Float, _handles.Sum, communicator);
        }
    }

    /// <summary>Begins to replace each value by its sum over all ranks; nobody may touch them until <see cref="Wait"/> has returned.</summary>
    /// <param name="values">Memory that does not move.</param>
    /// <param name="count">How many.</param>
    /// <param name="communicator">Whose ranks.</param>
    /// <param name="request">Where MPI keeps what it is waiting for: 8 bytes that do not move, 0.</param>
    public void BeginSum(float* values, int count, nint communicator, nint* request)
    {
        UnderWay++;
        _beginAllReduce(_handles.InPlace, values, count, _handles.Float, _handles.Sum, communicator, request);
    }

    /// <summary>Lets work that was begun go on, and says whether it is done.</summary>
    public bool Test(nint* request)
    {
        int done;
        _test(request, &done, _handles.NoStatus);
        UnderWay -= done;
        return done != 0;
    }

    /// <summary>Waits for work that was begun.</summary>
    public void Wait(nint* request)
    {
        _wait(request, _handles.NoStatus);
        UnderWay--;
    }

    /// <summary>Gives every rank what one of them has.</summary>
    public void Broadcast(Span<byte> bytes, int from, nint communicator)
    {
        fixed (byte* start = bytes)
        {
            _broadcast(start, bytes.Length, _handles.Byte, from, communicator);
        }
    }

    /// <summary>Waits until every rank has come here.</summary>
    public void Barrier(nint communicator) => ((delegate* unmanaged<nint, int>)Symbol("MPI_Barrier"))(communicator);

    /// <summary>Ends all ranks at once with an exit code.</summary>
    public void Abort(int code) => ((delegate* unmanaged<nint, int, int>)Symbol("MPI_Abort"))(World, code);

    /// <summary>Ends MPI; every rank must do so.</summary>
    public void Finish() => ((delegate* unmanaged<int>)Symbol("MPI_Finalize"))();

    private static Handles Mpich => new(
        World: 0x44000000, Float: 0x4c00040a, Byte: 0x4c00010d, Sum: 0x58000003, InPlace: -1, NoStatus: 1, NoHints: 0x1c000000, TypeShared: 1);

    private static Handles OpenMpi(nint library, nint world) => new(
        world, NativeLibrary.GetExport(library, "ompi_mpi_float"), NativeLibrary.GetExport(library, "ompi_mpi_byte"), NativeLibrary.GetExport(library, "ompi_mpi_op_sum"),
        InPlace: 1, NoStatus: 0, NativeLibrary.GetExport(library, "ompi_mpi_info_null"), TypeShared: 0);

    private int Ask(string function, nint communicator)
    {
        int answer;
        ((delegate* unmanaged<nint, int*, int>)Symbol(function))(communicator, &answer);
        return answer;
    }

    private nint Symbol(string name) => NativeLibrary.GetExport(_library, name);

    private readonly record struct Handles(nint World, nint Float, nint Byte, nint Sum, nint InPlace, nint NoStatus, nint NoHints, int TypeShared);
}
