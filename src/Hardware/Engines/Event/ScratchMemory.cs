namespace StereoSpike.Hardware;

/// <summary>Scratch memory of one thread, handed out piece by piece from its start.</summary>
internal unsafe struct Scratch(byte* next)
{
    private const int LineBytes = 64;
    private byte* _next = next;

    /// <summary>Bytes that a piece takes up.</summary>
    public static long Bytes<T>(long length)
        where T : unmanaged => ((length * sizeof(T)) + LineBytes - 1) / LineBytes * LineBytes;

    /// <summary>The next piece.</summary>
    public T* Take<T>(long length)
        where T : unmanaged
    {
        byte* taken = _next;
        _next += Bytes<T>(length);
        return (T*)taken;
    }
}

/// <summary>The scratch memory of all threads.</summary>
internal sealed unsafe class ScratchMemory : IDisposable
{
    private NativeBuffer<byte>[] _workers = [];

    /// <summary>Makes it large enough.</summary>
    public void Reserve(int workers, long bytes)
    {
        Dispose();
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new NativeBuffer<byte>(bytes, cleared: false))];
    }

    /// <summary>A thread's own.</summary>
    public Scratch Of(int worker) => new(_workers[worker].Pointer);

    public void Dispose()
    {
        foreach (NativeBuffer<byte> worker in _workers)
        {
            worker.Dispose();
        }
    }
}
