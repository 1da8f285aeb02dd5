using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>The sides of a sequence of K neurons' values, [N,T,K].</summary>
/// <param name="Samples">N.</param>
/// <param name="Steps">T.</param>
/// <param name="Width">K: all that follows the first two sides, flattened.</param>
internal readonly record struct SequenceShape(int Samples, int Steps, int Width)
{
    /// <summary>N·T·K.</summary>
    public int Count => Samples * Steps * Width;

    /// <summary>The sides of a tensor.</summary>
    /// <exception cref="ArgumentException">It has no two sides, or more values than one span can show.</exception>
    public static SequenceShape Of(Tensor sequence)
    {
        long[] shape = sequence.shape;
        long count = sequence.numel();
        return shape.Length >= 2 && count is > 0 and <= int.MaxValue / sizeof(float)
            ? new SequenceShape((int)shape[0], (int)shape[1], (int)(count / (shape[0] * shape[1])))
            : throw new ArgumentException($"A sequence of shape [{string.Join(", ", shape)}] cannot be run at once: it needs sides N and T, and at most 2 GiB of values. Use smaller batches.");
    }

    /// <summary>The values of a contiguous float32 tensor.</summary>
    public static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
