using System.Numerics;
using System.Runtime.Intrinsics;

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

/// <summary>The kernels for one vector width, so that nothing is decided while a row is worked on.</summary>
internal abstract unsafe class Kernels<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>The widest that this processor has.</summary>
    public static VectorWidth Widest =>
        Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>Channels a vector of sums of weight rows.</summary>
    public abstract int RowChannels(bool narrow);

    /// <summary>Adds weight rows, of 8 bits where they are narrow.</summary>
    public abstract void Gather(in GatherKernel<T> work, bool narrow);

    /// <summary>Adds weight rows, each times a value.</summary>
    public abstract void GatherProducts(in GatherKernel<T> work);

    /// <summary>Adds weight rows, each times a value, to the outputs they reach.</summary>
    public abstract void Scatter(in ScatterKernel<T> work);

    /// <summary>Adds rows of sums.</summary>
    public abstract void Add(in RowSums<T> work);

    /// <summary>Multiplies everything; the sums of pairs of 16 bits where asked for.</summary>
    public abstract void Multiply(in ProductKernel work, bool pairs);

    /// <summary>Sums each channel's taps.</summary>
    public abstract void Sum(in DepthwiseKernel<T> work);

    /// <summary>The same in 16 bits.</summary>
    public abstract void Sum(in DepthwiseKernel<short> work);

    /// <summary>Lets neurons fire: <see cref="FiringRule{T}.Fire"/>.</summary>
    public abstract void Fire(FiringRule<T> neurons, int row, int firstColumn, int columns, int firstChannel, int channels, T* sums);
}

/// <summary>The widths there are; a width that the processor lacks works too, slowly.</summary>
internal static class Kernels
{
    public static Kernels<float> Float(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => new FloatKernels<Vector512<float>, Lanes512<float>>(),
        VectorWidth.Bits256 => new FloatKernels<Vector256<float>, Lanes256<float>>(),
        VectorWidth.Bits128 => new FloatKernels<Vector128<float>, Lanes128<float>>(),
        _ => new FloatKernels<float, Lane<float>>(),
    };

    public static Kernels<int> Integer(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => new IntegerKernels<Vector512<int>, Lanes512<int>, Vector512<short>, ByteRows512, Lanes512<short>, PairProducts512>(),
        VectorWidth.Bits256 => new IntegerKernels<Vector256<int>, Lanes256<int>, Vector256<short>, ByteRows256, Lanes256<short>, PairProducts256>(),
        VectorWidth.Bits128 => new IntegerKernels<Vector128<int>, Lanes128<int>, Vector128<short>, ByteRows128, Lanes128<short>, PairProducts128>(),
        _ => new IntegerKernels<int, Lane<int>, short, ByteRow, Lane<short>, PairProduct>(),
    };
}

/// <summary>Floats.</summary>
internal sealed unsafe class FloatKernels<TVector, TLanes> : Kernels<float>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector, float>
{
    public override int RowChannels(bool narrow) => TLanes.Channels;

    public override void Gather(in GatherKernel<float> work, bool narrow) => work.Sum<TVector, TLanes>();

    public override void GatherProducts(in GatherKernel<float> work) => work.SumProducts<TVector, TLanes>();

    public override void Scatter(in ScatterKernel<float> work) => work.Add<TVector, TLanes>();

    public override void Add(in RowSums<float> work) => work.Add<TVector, TLanes>();

    public override void Multiply(in ProductKernel work, bool pairs) => work.Multiply<TVector, TLanes>();

    public override void Sum(in DepthwiseKernel<float> work) => work.Sum<TVector, TLanes>();

    public override void Sum(in DepthwiseKernel<short> work) => throw new NotSupportedException("Floats are not summed in 16 bits.");

    public override void Fire(FiringRule<float> neurons, int row, int firstColumn, int columns, int firstChannel, int channels, float* sums) =>
        neurons.Fire<TVector, TLanes>(row, firstColumn, columns, firstChannel, channels, sums);
}

/// <summary>Integers: weights of 8 bits summed in 16 or 32, depthwise sums in 16 where they fit.</summary>
internal sealed unsafe class IntegerKernels<TVector, TLanes, TShorts, TByteRows, TShortLanes, TPairs> : Kernels<int>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector, int>
    where TShorts : unmanaged
    where TByteRows : struct, IRows<TShorts, int>
    where TShortLanes : struct, ILanes<TShorts, short>
    where TPairs : struct, IProducts<TVector>
{
    public override int RowChannels(bool narrow) => narrow ? TByteRows.Channels : TLanes.Channels;

    public override void Gather(in GatherKernel<int> work, bool narrow)
    {
        if (narrow)
        {
            work.Sum<TShorts, TByteRows>();
        }
        else
        {
            work.Sum<TVector, TLanes>();
        }
    }

    public override void GatherProducts(in GatherKernel<int> work) => work.SumProducts<TVector, TLanes>();

    public override void Scatter(in ScatterKernel<int> work) => work.Add<TVector, TLanes>();

    public override void Add(in RowSums<int> work) => work.Add<TVector, TLanes>();

    public override void Multiply(in ProductKernel work, bool pairs)
    {
        if (pairs)
        {
            work.Multiply<TVector, TPairs>();
        }
        else
        {
            work.Multiply<TVector, TLanes>();
        }
    }

    public override void Sum(in DepthwiseKernel<int> work) => work.Sum<TVector, TLanes>();

    public override void Sum(in DepthwiseKernel<short> work) => work.Sum<TShorts, TShortLanes>();

    public override void Fire(FiringRule<int> neurons, int row, int firstColumn, int columns, int firstChannel, int channels, int* sums) =>
        neurons.Fire<TVector, TLanes>(row, firstColumn, columns, firstChannel, channels, sums);
}
