using System.Runtime.InteropServices;

namespace StereoSpike.Model;

/// <summary>Floats outside the managed heap, at an address that is a multiple of a cache line, zero at first.</summary>
internal sealed unsafe class Scratch : IDisposable
{
    private const nuint CacheLine = 64;

    /// <summary>Takes memory.</summary>
    /// <param name="length">Number of floats.</param>
    /// <exception cref="OutOfMemoryException">There is not as much.</exception>
    public Scratch(long length)
    {
        nuint bytes = checked((nuint)length * sizeof(float));
        Start = (float*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        NativeMemory.Clear(Start, bytes);
    }

    /// <summary>The first float.</summary>
    public float* Start { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Start);
        Start = null;
    }
}
