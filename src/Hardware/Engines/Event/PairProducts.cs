using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StereoSpike.Hardware;

/// <summary>Two products of 16 bits a lane, summed in 32: twice the products of floats an instruction. Exact where the sum fits, since what passes in between wraps around.</summary>
internal readonly unsafe struct PairProducts512 : IProducts<Vector512<int>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Spread(byte* from) => Vector512.Create(*(int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadWeights(byte* from) => Vector512.Load((int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreProducts(byte* to, Vector512<int> products) => products.Store((int*)to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> a, Vector512<int> b, Vector512<int> c) => Avx512BW.IsSupported
        ? c + Avx512BW.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
        : c + ((a << 16 >> 16) * (b << 16 >> 16)) + ((a >> 16) * (b >> 16));
}

/// <summary>The same, 8 lanes: one instruction of VNNI where the processor has that.</summary>
internal readonly unsafe struct PairProducts256 : IProducts<Vector256<int>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Spread(byte* from) => Vector256.Create(*(int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadWeights(byte* from) => Vector256.Load((int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreProducts(byte* to, Vector256<int> products) => products.Store((int*)to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> a, Vector256<int> b, Vector256<int> c) =>
        AvxVnni.IsSupported ? AvxVnni.MultiplyWideningAndAdd(c, a.AsInt16(), b.AsInt16())
        : Avx2.IsSupported ? c + Avx2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
        : c + ((a << 16 >> 16) * (b << 16 >> 16)) + ((a >> 16) * (b >> 16));
}

/// <summary>The same, 4 lanes.</summary>
internal readonly unsafe struct PairProducts128 : IProducts<Vector128<int>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Spread(byte* from) => Vector128.Create(*(int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadWeights(byte* from) => Vector128.Load((int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreProducts(byte* to, Vector128<int> products) => products.Store((int*)to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> a, Vector128<int> b, Vector128<int> c) => Sse2.IsSupported
        ? c + Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
        : c + ((a << 16 >> 16) * (b << 16 >> 16)) + ((a >> 16) * (b >> 16));
}

/// <summary>The same, one lane: the twin that the vectors are held to.</summary>
internal readonly unsafe struct PairProduct : IProducts<int>
{
    public static int Spread(byte* from) => *(int*)from;

    public static int LoadWeights(byte* from) => *(int*)from;

    public static void StoreProducts(byte* to, int products) => *(int*)to = products;

    public static int MultiplyAdd(int a, int b, int c) => unchecked(c + ((short)a * (short)b) + ((a >> 16) * (b >> 16)));
}
