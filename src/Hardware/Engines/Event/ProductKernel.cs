using System.Runtime.CompilerServices;

namespace StereoSpike.Hardware;

/// <summary>For each output, the product of a row of inputs and a matrix of weights: what a convolution comes to where most inputs are not zero.</summary>
/// <remarks><code>out[x, ·] = Σ_k in[x·Step + k] · W[k, ·]</code>
/// An input k is four bytes: a number, or two neighbours of 16 bits whose weights stand side by side (<see cref="PairProducts512"/>).
/// Eight outputs share each weight that is loaded: 16 sums in registers, two vectors of weights, one input spread over the lanes.</remarks>
internal unsafe struct ProductKernel
{
    private const int Block = 8, InputBytes = 4;

    /// <summary>The inputs of output 0.</summary>
    public byte* Inputs;

    /// <summary>Bytes from the inputs of an output to the next's.</summary>
    public long Step;

    /// <summary>Inputs an output reads, of four bytes each.</summary>
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
    public readonly void Multiply<TVector, TProducts>()
        where TVector : unmanaged
        where TProducts : struct, IProducts<TVector>
    {
        int at = 0;
        for (; at + (2 * sizeof(TVector)) <= RowBytes; at += 2 * sizeof(TVector))
        {
            int x = 0;
            for (; x + Block <= Outputs; x += Block)
            {
                EightByTwo<TVector, TProducts>(Inputs + (x * Step), Weights + at, Sums + ((long)x * RowBytes) + at);
            }

            for (; x < Outputs; x++)
            {
                OneByOne<TVector, TProducts>(Inputs + (x * Step), Weights + at, Sums + ((long)x * RowBytes) + at);
                OneByOne<TVector, TProducts>(Inputs + (x * Step), Weights + at + sizeof(TVector), Sums + ((long)x * RowBytes) + at + sizeof(TVector));
            }
        }

        for (int x = 0; x < Outputs && at < RowBytes; x++)
        {
            OneByOne<TVector, TProducts>(Inputs + (x * Step), Weights + at, Sums + ((long)x * RowBytes) + at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void EightByTwo<TVector, TProducts>(byte* inputs, byte* weights, byte* sums)
        where TVector : unmanaged
        where TProducts : struct, IProducts<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        long step = Step, rowBytes = RowBytes;
        byte* in0 = inputs, in3 = inputs + (3 * step), in6 = inputs + (6 * step);
        for (int k = 0; k < Depth; k++, weights += rowBytes, in0 += InputBytes, in3 += InputBytes, in6 += InputBytes)
        {
            TVector wa = TProducts.LoadWeights(weights), wb = TProducts.LoadWeights(weights + sizeof(TVector));
            TVector value = TProducts.Spread(in0);
            a0 = TProducts.MultiplyAdd(value, wa, a0);
            b0 = TProducts.MultiplyAdd(value, wb, b0);
            value = TProducts.Spread(in0 + step);
            a1 = TProducts.MultiplyAdd(value, wa, a1);
            b1 = TProducts.MultiplyAdd(value, wb, b1);
            value = TProducts.Spread(in0 + (2 * step));
            a2 = TProducts.MultiplyAdd(value, wa, a2);
            b2 = TProducts.MultiplyAdd(value, wb, b2);
            value = TProducts.Spread(in3);
            a3 = TProducts.MultiplyAdd(value, wa, a3);
            b3 = TProducts.MultiplyAdd(value, wb, b3);
            value = TProducts.Spread(in3 + step);
            a4 = TProducts.MultiplyAdd(value, wa, a4);
            b4 = TProducts.MultiplyAdd(value, wb, b4);
            value = TProducts.Spread(in3 + (2 * step));
            a5 = TProducts.MultiplyAdd(value, wa, a5);
            b5 = TProducts.MultiplyAdd(value, wb, b5);
            value = TProducts.Spread(in6);
            a6 = TProducts.MultiplyAdd(value, wa, a6);
            b6 = TProducts.MultiplyAdd(value, wb, b6);
            value = TProducts.Spread(in6 + step);
            a7 = TProducts.MultiplyAdd(value, wa, a7);
            b7 = TProducts.MultiplyAdd(value, wb, b7);
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
            TProducts.StoreProducts(to, a);
            TProducts.StoreProducts(to + sizeof(TVector), b);
        }
    }

    /// <summary>The same sums in the same order for a single output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void OneByOne<TVector, TProducts>(byte* inputs, byte* weights, byte* sums)
        where TVector : unmanaged
        where TProducts : struct, IProducts<TVector>
    {
        TVector sum = default;
        for (int k = 0; k < Depth; k++, weights += RowBytes, inputs += InputBytes)
        {
            sum = TProducts.MultiplyAdd(TProducts.Spread(inputs), TProducts.LoadWeights(weights), sum);
        }

        TProducts.StoreProducts(sums, sum);
    }
}
