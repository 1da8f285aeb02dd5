using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StereoSpike.Hardware;

/// <summary>Weights of 8 bits added in 16 and stored in 32: 32 channels a vector. Whoever adds sees to it that 16 bits hold the sum: see <see cref="GatherKernel{T}.Limit"/>.</summary>
/// <remarks>Rows come from a core's second cache, which is the limit: bytes widened on their way in cost an instruction more than weights of 16 bits and fetch half, which was 1.6 times as fast.</remarks>
internal readonly unsafe struct ByteRows512 : IRows<Vector512<short>, int>
{
    public static int Channels => Vector512<short>.Count;

    public static int WeightBytes => sizeof(sbyte);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> AddRow(Vector512<short> sums, byte* weights) => sums + Widened((sbyte*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(int* to, Vector512<short> sums, bool added)
    {
        Lanes512<int>.StoreSums(to, Vector512.WidenLower(sums), added);
        Lanes512<int>.StoreSums(to + Vector512<int>.Count, Vector512.WidenUpper(sums), added);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Widened(sbyte* from)
    {
        if (Avx512BW.IsSupported)
        {
            return Avx512BW.ConvertToVector512Int16(Vector256.Load(from));
        }

        Vector256<sbyte> weights = Vector256.Load(from);
        return Vector512.Create(Vector256.WidenLower(weights), Vector256.WidenUpper(weights));
    }
}

/// <summary>The same, 16 channels a vector.</summary>
internal readonly unsafe struct ByteRows256 : IRows<Vector256<short>, int>
{
    public static int Channels => Vector256<short>.Count;

    public static int WeightBytes => sizeof(sbyte);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> AddRow(Vector256<short> sums, byte* weights) => sums + Widened((sbyte*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(int* to, Vector256<short> sums, bool added)
    {
        Lanes256<int>.StoreSums(to, Vector256.WidenLower(sums), added);
        Lanes256<int>.StoreSums(to + Vector256<int>.Count, Vector256.WidenUpper(sums), added);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Widened(sbyte* from)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ConvertToVector256Int16(from);
        }

        Vector128<sbyte> weights = Vector128.Load(from);
        return Vector256.Create(Vector128.WidenLower(weights), Vector128.WidenUpper(weights));
    }
}

/// <summary>The same, 8 channels a vector.</summary>
internal readonly unsafe struct ByteRows128 : IRows<Vector128<short>, int>
{
    public static int Channels => Vector128<short>.Count;

    public static int WeightBytes => sizeof(sbyte);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> AddRow(Vector128<short> sums, byte* weights) => sums + Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)weights).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(int* to, Vector128<short> sums, bool added)
    {
        Lanes128<int>.StoreSums(to, Vector128.WidenLower(sums), added);
        Lanes128<int>.StoreSums(to + Vector128<int>.Count, Vector128.WidenUpper(sums), added);
    }
}

/// <summary>The same, one at a time: the twin that the vectors are held to.</summary>
internal readonly unsafe struct ByteRow : IRows<short, int>
{
    public static int Channels => 1;

    public static int WeightBytes => sizeof(sbyte);

    public static short AddRow(short sums, byte* weights) => (short)(sums + *(sbyte*)weights);

    public static void StoreSums(int* to, short sums, bool added) => *to = added ? *to + sums : sums;
}
