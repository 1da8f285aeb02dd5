using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StereoSpike.Hardware;

/// <summary>What a kernel does with numbers side by side; one implementation for each width a processor may have.</summary>
/// <typeparam name="TVector">The numbers side by side.</typeparam>
/// <typeparam name="T">One of them: float, int or short. Floats round a sum of a product once at every width, integers wrap around, so all widths agree to the bit.</typeparam>
internal unsafe interface ILanes<TVector, T> : IRows<TVector, T>, IProducts<TVector>
    where TVector : unmanaged
    where T : unmanaged
{
    static abstract TVector Load(T* from);

    static abstract void Store(T* to, TVector value);

    static abstract TVector Add(TVector a, TVector b);

    /// <summary>One value in every lane.</summary>
    static abstract TVector Splat(T value);

    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>A bit a lane, the first lowest, where a ≥ b.</summary>
    static abstract uint AtLeast(TVector a, TVector b);

    /// <summary>A bit a lane, the first lowest, where a &gt; b.</summary>
    static abstract uint Above(TVector a, TVector b);
}

/// <summary>Adds weight rows to sums.</summary>
/// <typeparam name="TVector">Sums side by side.</typeparam>
/// <typeparam name="T">What a sum is stored as.</typeparam>
internal unsafe interface IRows<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>Sums a vector.</summary>
    static abstract int Channels { get; }

    /// <summary>Bytes of a weight.</summary>
    static abstract int WeightBytes { get; }

    /// <summary>Adds the weights at a place.</summary>
    static abstract TVector AddRow(TVector sums, byte* weights);

    /// <summary>Stores sums, or adds them to those that are stored.</summary>
    static abstract void StoreSums(T* to, TVector sums, bool added);
}

/// <summary>Multiplies inputs by weights, four bytes at a time: a number of 32 bits, or two neighbours of 16.</summary>
internal unsafe interface IProducts<TVector>
    where TVector : unmanaged
{
    /// <summary>The four bytes at a place in every lane.</summary>
    static abstract TVector Spread(byte* from);

    static abstract TVector LoadWeights(byte* from);

    static abstract void StoreProducts(byte* to, TVector products);

    /// <summary>a·b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);
}

/// <summary>512 bits: AVX-512.</summary>
internal readonly unsafe struct Lanes512<T> : ILanes<Vector512<T>, T>
    where T : unmanaged, INumber<T>
{
    public static int Channels => Vector512<T>.Count;

    public static int WeightBytes => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load(T* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* to, Vector512<T> value) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Add(Vector512<T> a, Vector512<T> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Splat(T value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Multiply(Vector512<T> a, Vector512<T> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd(Vector512<T> a, Vector512<T> b, Vector512<T> c) =>
        typeof(T) == typeof(float) ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>() : (a * b) + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AtLeast(Vector512<T> a, Vector512<T> b) => (uint)Vector512.GreaterThanOrEqual(a, b).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Above(Vector512<T> a, Vector512<T> b) => (uint)Vector512.GreaterThan(a, b).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> AddRow(Vector512<T> sums, byte* weights) => sums + Vector512.Load((T*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(T* to, Vector512<T> sums, bool added) => (added ? Vector512.Load(to) + sums : sums).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Spread(byte* from) => Vector512.Create(*(T*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadWeights(byte* from) => Vector512.Load((T*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreProducts(byte* to, Vector512<T> products) => products.Store((T*)to);
}

/// <summary>256 bits: AVX2.</summary>
internal readonly unsafe struct Lanes256<T> : ILanes<Vector256<T>, T>
    where T : unmanaged, INumber<T>
{
    public static int Channels => Vector256<T>.Count;

    public static int WeightBytes => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load(T* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* to, Vector256<T> value) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Add(Vector256<T> a, Vector256<T> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Splat(T value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Multiply(Vector256<T> a, Vector256<T> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd(Vector256<T> a, Vector256<T> b, Vector256<T> c) =>
        typeof(T) == typeof(float) ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>() : (a * b) + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AtLeast(Vector256<T> a, Vector256<T> b) => Vector256.GreaterThanOrEqual(a, b).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Above(Vector256<T> a, Vector256<T> b) => Vector256.GreaterThan(a, b).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> AddRow(Vector256<T> sums, byte* weights) => sums + Vector256.Load((T*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(T* to, Vector256<T> sums, bool added) => (added ? Vector256.Load(to) + sums : sums).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Spread(byte* from) => Vector256.Create(*(T*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadWeights(byte* from) => Vector256.Load((T*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreProducts(byte* to, Vector256<T> products) => products.Store((T*)to);
}

/// <summary>128 bits: what every 64-bit processor has.</summary>
internal readonly unsafe struct Lanes128<T> : ILanes<Vector128<T>, T>
    where T : unmanaged, INumber<T>
{
    public static int Channels => Vector128<T>.Count;

    public static int WeightBytes => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load(T* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* to, Vector128<T> value) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Add(Vector128<T> a, Vector128<T> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Splat(T value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Multiply(Vector128<T> a, Vector128<T> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> a, Vector128<T> b, Vector128<T> c) =>
        typeof(T) == typeof(float) ? Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>() : (a * b) + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AtLeast(Vector128<T> a, Vector128<T> b) => Vector128.GreaterThanOrEqual(a, b).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Above(Vector128<T> a, Vector128<T> b) => Vector128.GreaterThan(a, b).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> AddRow(Vector128<T> sums, byte* weights) => sums + Vector128.Load((T*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(T* to, Vector128<T> sums, bool added) => (added ? Vector128.Load(to) + sums : sums).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Spread(byte* from) => Vector128.Create(*(T*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadWeights(byte* from) => Vector128.Load((T*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreProducts(byte* to, Vector128<T> products) => products.Store((T*)to);
}

/// <summary>One number at a time: the twin that the vectors are held to.</summary>
internal readonly unsafe struct Lane<T> : ILanes<T, T>
    where T : unmanaged, INumber<T>
{
    public static int Channels => 1;

    public static int WeightBytes => sizeof(T);

    public static T Load(T* from) => *from;

    public static void Store(T* to, T value) => *to = value;

    public static T Add(T a, T b) => unchecked(a + b);

    public static T Splat(T value) => value;

    public static T Multiply(T a, T b) => unchecked(a * b);

    public static T MultiplyAdd(T a, T b, T c) => a is float x && b is float y && c is float z ? (T)(object)MathF.FusedMultiplyAdd(x, y, z) : unchecked((a * b) + c);

    public static uint AtLeast(T a, T b) => a >= b ? 1u : 0u;

    public static uint Above(T a, T b) => a > b ? 1u : 0u;

    public static T AddRow(T sums, byte* weights) => unchecked(sums + *(T*)weights);

    public static void StoreSums(T* to, T sums, bool added) => *to = added ? unchecked(*to + sums) : sums;

    public static T Spread(byte* from) => *(T*)from;

    public static T LoadWeights(byte* from) => *(T*)from;

    public static void StoreProducts(byte* to, T products) => *(T*)to = products;
}
