using System.Runtime.Intrinsics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Numbers that are worked on at once.</summary>
internal enum VectorWidth
{
    /// <summary>One at a time.</summary>
    Scalar,

    /// <summary>128 bits: every 64-bit processor.</summary>
    Bits128,

    /// <summary>256 bits: AVX2.</summary>
    Bits256,

    /// <summary>512 bits: AVX-512.</summary>
    Bits512,
}

/// <summary>Makes layers for one vector width, so that nothing is decided while a frame is worked on.</summary>
internal unsafe interface ILayerMaker
{
    IEventLayer Convolution(LayerShape shape, WeightTensor weights, FiringRule neurons, ScratchMemory scratch);

    IEventLayer Separable(LayerShape shape, WeightTensor depthwise, WeightTensor? depthwiseBias, WeightTensor pointwise, FiringRule neurons, ScratchMemory scratch);

    (IEventLayer Layer, NativeBuffer<float> Potentials) Head(LayerShape shape, ReadOnlySpan<float> weights, float bias, float gain, float* before, ScratchMemory scratch);
}

/// <summary>The widths there are.</summary>
internal static class LayerMaker
{
    /// <summary>The widest that this processor has.</summary>
    public static VectorWidth Widest =>
        Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>The maker for a width; a width that the processor lacks works too, slowly.</summary>
    public static ILayerMaker For(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => new LayerMaker<Vector512<float>, Float512>(),
        VectorWidth.Bits256 => new LayerMaker<Vector256<float>, Float256>(),
        VectorWidth.Bits128 => new LayerMaker<Vector128<float>, Float128>(),
        _ => new LayerMaker<float, Float32>(),
    };
}

/// <inheritdoc/>
internal sealed unsafe class LayerMaker<TVector, TLanes> : ILayerMaker
    where TVector : unmanaged
    where TLanes : struct, IFloatLanes<TVector>
{
    public IEventLayer Convolution(LayerShape shape, WeightTensor weights, FiringRule neurons, ScratchMemory scratch) =>
        new ConvolutionLayer<TVector, TLanes>(shape, weights, neurons, scratch);

    public IEventLayer Separable(LayerShape shape, WeightTensor depthwise, WeightTensor? depthwiseBias, WeightTensor pointwise, FiringRule neurons, ScratchMemory scratch) =>
        new SeparableLayer<TVector, TLanes>(shape, depthwise, depthwiseBias, pointwise, neurons, scratch);

    public (IEventLayer Layer, NativeBuffer<float> Potentials) Head(LayerShape shape, ReadOnlySpan<float> weights, float bias, float gain, float* before, ScratchMemory scratch)
    {
        var head = new HeadLayer<TVector, TLanes>(shape, weights, bias, gain, before, scratch);
        return (head, head.Potentials);
    }
}
