using System.Runtime;

namespace StereoSpike.Training;

/// <summary>Keeps the garbage collector away while it lives.</summary>
/// <remarks>
/// TorchSharp 0.107 hands numbers to libtorch by the address of a wrapper (<c>Scalar</c>) that nothing holds any more during the call; a collection that other threads bring about in that moment
/// frees it, and the call reads whatever stands there then ("Unknown scalar type", "Expected false to be true", or a wrong number and no word). Batches are made on other threads while one is
/// learned, so a step asks for this pause. It costs about a millisecond, less than the collections it gathers up. One at a time in a process: a second one does nothing.
/// </remarks>
internal sealed class CollectionPause : IDisposable
{
    private const long AllowanceBytes = 128L << 20;   // what all threads may allocate before the collector comes all the same
    private static int _taken;
    private readonly bool _holds;

    /// <summary>Begins the pause, where the system has the memory for it.</summary>
    public CollectionPause()
    {
        if (Interlocked.Exchange(ref _taken, 1) == 0)
        {
            _holds = GC.TryStartNoGCRegion(AllowanceBytes);
            if (!_holds)
            {
                Volatile.Write(ref _taken, 0);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_holds)
        {
            return;
        }

        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)   // else more was allocated, and the collector has come
        {
            GC.EndNoGCRegion();
        }

        Volatile.Write(ref _taken, 0);
    }
}
