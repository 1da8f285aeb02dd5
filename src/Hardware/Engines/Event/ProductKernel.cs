using System.Runtime.CompilerServices;

namespace StereoSpike.Hardware;

/// <summary>For each output, the product of a row of inputs and a matrix of weights: what a convolution comes to where most inputs are not zero.</summary>
/// <remarks><code>out[x, ·] = Σ_k in[x·Step + k] · W[k, ·]</code>
/// Eight outputs share each weight that is loaded: 16 sums in registers, two vectors of weights, one input spread over the lanes.</remarks>
internal unsafe struct ProductKernel
{
    private const int Block = 8;

    /// <summary>The inputs of output 0.</summary>
    public float* Inputs;

    /// <summary>Inputs from an output to the next.</summary>
    public long Step;

    /// <summary>Inputs an output reads.</summary>
    public int Depth;

    /// <summary>The weight rows.</summary>
    public byte* Weights;

    /// <summary>Receives the sums.</summary>
    public byte* Sums;

    /// <summary>Bytes of a weight row, and from an output's sums to the next's.</summary>
    public int RowBytes;

    /// <summary>Outputs.</summary>
    public int Outputs;

    /// <summary>Multiplies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Multiply<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, IFloatLanes<TVector>
    {
        int at = 0;
        for (; at + (2 * sizeof(TVector)) <= RowBytes; at += 2 * sizeof(TVector))
        {
            int x = 0;
            for (; x + Block <= Outputs; x += Block)
            {
                EightByTwo<TVector, TLanes>(Inputs + (x * Step), Weights + at, Sums + ((long)x * RowBytes) + at);
            }

            for (; x < Outputs; x++)
            {
                OneByOne<TVector, TLanes>(Inputs + (x * Step), Weights + at, Sums + ((long)x * RowBytes) + at);
                OneByOne<TVector, TLanes>(Inputs + (x * Step), Weights + at + sizeof(TVector), Sums + ((long)x * RowBytes) + at + sizeof(TVector));
            }
        }

        for (int x = 0; x < Outputs && at < RowBytes; x++)
        {
            OneByOne<TVector, TLanes>(Inputs + (x * Step), Weights + at, Sums + ((long)x * RowBytes) + at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void EightByTwo<TVector, TLanes>(float* inputs, byte* weights, byte* sums)
        where TVector : unmanaged
        where TLanes : struct, IFloatLanes<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        long step = Step, rowBytes = RowBytes;
        float* in0 = inputs, in3 = inputs + (3 * step), in6 = inputs + (6 * step);
        for (int k = 0; k < Depth; k++, weights += rowBytes)
        {
            TVector wa = TLanes.Load(weights), wb = TLanes.Load(weights + sizeof(TVector));
            TVector value = TLanes.Splat(in0[k]);
            a0 = TLanes.MultiplyAdd(value, wa, a0);
            b0 = TLanes.MultiplyAdd(value, wb, b0);
            value = TLanes.Splat(in0[k + step]);
            a1 = TLanes.MultiplyAdd(value, wa, a1);
            b1 = TLanes.MultiplyAdd(value, wb, b1);
            value = TLanes.Splat(in0[k + (2 * step)]);
            a2 = TLanes.MultiplyAdd(value, wa, a2);
            b2 = TLanes.MultiplyAdd(value, wb, b2);
            value = TLanes.Splat(in3[k]);
            a3 = TLanes.MultiplyAdd(value, wa, a3);
            b3 = TLanes.MultiplyAdd(value, wb, b3);
            value = TLanes.Splat(in3[k + step]);
            a4 = TLanes.MultiplyAdd(value, wa, a4);
            b4 = TLanes.MultiplyAdd(value, wb, b4);
            value = TLanes.Splat(in3[k + (2 * step)]);
            a5 = TLanes.MultiplyAdd(value, wa, a5);
            b5 = TLanes.MultiplyAdd(value, wb, b5);
            value = TLanes.Splat(in6[k]);
            a6 = TLanes.MultiplyAdd(value, wa, a6);
            b6 = TLanes.MultiplyAdd(value, wb, b6);
            value = TLanes.Splat(in6[k + step]);
            a7 = TLanes.MultiplyAdd(value, wa, a7);
            b7 = TLanes.MultiplyAdd(value, wb, b7);
        }

        StoreTwo(sums, a0, b0);
        StoreTwo(sums + rowBytes, a1, b1);
        StoreTwo(sums + (2 * rowBytes), a2, b2);
        StoreTwo(sums + (3 * rowBytes), a3, b3);
        StoreTwo(sums + (4 * rowBytes), a4, b4);
        StoreTwo(sums + (5 * rowBytes), a5, b5);
        StoreTwo(sums + (6 * rowBytes), a6, b6);
        StoreTwo(sums + (7 * rowBytes), a7, b7);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void StoreTwo(byte* to, TVector a, TVector b)
        {
            TLanes.Store(to, a);
            TLanes.Store(to + sizeof(TVector), b);
        }
    }

    /// <summary>The same sums in the same order for a single output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void OneByOne<TVector, TLanes>(float* inputs, byte* weights, byte* sums)
        where TVector : unmanaged
        where TLanes : struct, IFloatLanes<TVector>
    {
        TVector sum = default;
        for (int k = 0; k < Depth; k++, weights += RowBytes)
        {
            sum = TLanes.MultiplyAdd(TLanes.Splat(inputs[k]), TLanes.Load(weights), sum);
        }

        TLanes.Store(sums, sum);
    }
}
