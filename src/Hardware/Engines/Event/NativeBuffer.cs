using System.Runtime.InteropServices;

namespace StereoSpike.Hardware;

/// <summary>Memory outside of the collected heap, on a cache line's boundary: for weights and maps that vector code walks through.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int CacheLineBytes = 64;

    /// <summary>Reserves memory; pages that are never touched cost nothing.</summary>
    /// <param name="length">Elements.</param>
    /// <param name="cleared">Whether to fill it with zeros.</param>
    public NativeBuffer(long length, bool cleared = true)
    {
        Length = length;
        Pointer = (T*)NativeMemory.AlignedAlloc(checked((nuint)(length * sizeof(T)) + CacheLineBytes), CacheLineBytes);
        if (cleared)
        {
            Clear();
        }
    }

    ~NativeBuffer() => NativeMemory.AlignedFree(Pointer);

    public T* Pointer { get; private set; }

    public long Length { get; }

    public void Clear() => NativeMemory.Clear(Pointer, (nuint)(Length * sizeof(T)));

    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.SuppressFinalize(this);
    }
}
