using System.Runtime.InteropServices;

namespace StereoSpike.Training;

/// <summary>Numbers that are being summed over all ranks while this one computes. MPI works on them inside its own calls alone, so <see cref="Test"/> is also what drives it on.</summary>
internal sealed unsafe class PendingSum : IDisposable
{
    private readonly nint* _request = (nint*)NativeMemory.AllocZeroed((nuint)sizeof(nint));
    private readonly float* _values;
    private readonly int _count;
    private Mpi? _mpi;   // while under way

    /// <summary>Makes room, outside the collector's heap, for numbers that are 0.</summary>
    public PendingSum(int count)
    {
        _count = count;
        _values = (float*)NativeMemory.AllocZeroed((nuint)count, sizeof(float));
    }

    /// <summary>The numbers; not to be touched between <see cref="Begin"/> and <see cref="Wait"/>.</summary>
    public Span<float> Values => new(_values, _count);

    /// <summary>Begins to sum them.</summary>
    public void Begin(Mpi mpi, nint communicator)
    {
        *_request = 0;
        mpi.BeginSum(_values, _count, communicator, _request);
        _mpi = mpi;
    }

    /// <summary>Drives the sum on.</summary>
    /// <returns>Whether it is done.</returns>
    public bool Test()
    {
        if (_mpi?.Test(_request) == true)
        {
            _mpi = null;
        }

        return _mpi is null;
    }

    /// <summary>Waits until it is done.</summary>
    public void Wait()
    {
        _mpi?.Wait(_request);
        _mpi = null;
    }

    /// <summary>Frees the memory, unless MPI still works on it: then the process is about to end.</summary>
    public void Dispose()
    {
        if (_mpi is null)
        {
            NativeMemory.Free(_values);
            NativeMemory.Free(_request);
        }
    }
}
