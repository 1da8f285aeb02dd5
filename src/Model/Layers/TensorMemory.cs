using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>A tensor's own memory, for kernels that are not libtorch's.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Its first value; valid as long as the tensor.</summary>
    /// <exception cref="ArgumentException">It is not a contiguous float32 tensor on the processor.</exception>
    public static float* Floats(this Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == TorchSharp.DeviceType.CPU && tensor.is_contiguous()
        ? (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, float>(tensor.bytes)))
        : throw new ArgumentException($"The kernel takes contiguous float32 tensors on the processor and was given {tensor.dtype} on {tensor.device}.", nameof(tensor));
}
