using System.Runtime.CompilerServices;

namespace StereoSpike.Model;

/// <summary>A product of matrices whose left side may lie in pieces, so that a convolution over padded rows is one product and needs no copy of its windows.</summary>
/// <remarks><code>
/// c[r, n] = (add ? c[r, n] : 0) + Σ_s Σ_j  a[r·aRow + s·aSegment + j·aColumn] · b[(s·length + j)·columns + n]
/// </code>
/// Four rows by four vectors at once keep sixteen sums under way, which is what AVX-512 has registers for. Columns are a multiple of the lanes.</remarks>
internal static unsafe class MatrixProduct<T>
    where T : struct, ILanes<T>
{
    /// <summary>Multiplies.</summary>
    /// <param name="shape">Sizes, and how a lies.</param>
    /// <param name="a">Left side.</param>
    /// <param name="b">Right side, shape [segments·length, columns].</param>
    /// <param name="c">Result, shape [rows, columns].</param>
    /// <param name="add">Whether to add to what c holds.</param>
    public static void Multiply(in MatrixProductShape shape, float* a, float* b, float* c, bool add)
    {
        int n = 0, columns = shape.Columns;
        for (; T.Count == 16 && n + (4 * T.Count) <= columns; n += 4 * T.Count)
        {
            int r = 0;
            for (; r + 4 <= shape.Rows; r += 4)
            {
                FourByFour(shape, a + (r * shape.LeftRow), b + n, c + (r * (nint)columns) + n, add);
            }

            for (; r < shape.Rows; r++)
            {
                OneByFour(shape, a + (r * shape.LeftRow), b + n, c + (r * (nint)columns) + n, add);
            }
        }

        for (; n + (2 * T.Count) <= columns; n += 2 * T.Count)
        {
            int r = 0;
            for (; r + 4 <= shape.Rows; r += 4)
            {
                FourByTwo(shape, a + (r * shape.LeftRow), b + n, c + (r * (nint)columns) + n, add);
            }

            for (; r < shape.Rows; r++)
            {
                OneByOne(shape, a + (r * shape.LeftRow), b + n, c + (r * (nint)columns) + n, add);
                OneByOne(shape, a + (r * shape.LeftRow), b + n + T.Count, c + (r * (nint)columns) + n + T.Count, add);
            }
        }

        for (; n < columns; n += T.Count)
        {
            for (int r = 0; r < shape.Rows; r++)
            {
                OneByOne(shape, a + (r * shape.LeftRow), b + n, c + (r * (nint)columns) + n, add);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(in MatrixProductShape shape, float* a, float* b, float* c, bool add)
    {
        int pitch = shape.Columns, length = shape.Length;
        nint row = shape.LeftRow, step = shape.LeftColumn;
        float* c1 = c + pitch, c2 = c1 + pitch, c3 = c2 + pitch;
        T s00 = Start(c, add), s01 = Start(c + T.Count, add), s02 = Start(c + (2 * T.Count), add), s03 = Start(c + (3 * T.Count), add);
        T s10 = Start(c1, add), s11 = Start(c1 + T.Count, add), s12 = Start(c1 + (2 * T.Count), add), s13 = Start(c1 + (3 * T.Count), add);
        T s20 = Start(c2, add), s21 = Start(c2 + T.Count, add), s22 = Start(c2 + (2 * T.Count), add), s23 = Start(c2 + (3 * T.Count), add);
        T s30 = Start(c3, add), s31 = Start(c3 + T.Count, add), s32 = Start(c3 + (2 * T.Count), add), s33 = Start(c3 + (3 * T.Count), add);
        for (int s = 0; s < shape.Segments; s++)
        {
            float* left = a + (s * shape.LeftSegment);
            for (int j = 0; j < length; j++, left += step, b += pitch)
            {
                T b0 = T.Load(b), b1 = T.Load(b + T.Count), b2 = T.Load(b + (2 * T.Count)), b3 = T.Load(b + (3 * T.Count));
                T v = T.Fill(left[0]);
                s00 = T.MultiplyAdd(v, b0, s00);
                s01 = T.MultiplyAdd(v, b1, s01);
                s02 = T.MultiplyAdd(v, b2, s02);
                s03 = T.MultiplyAdd(v, b3, s03);
                v = T.Fill(left[row]);
                s10 = T.MultiplyAdd(v, b0, s10);
                s11 = T.MultiplyAdd(v, b1, s11);
                s12 = T.MultiplyAdd(v, b2, s12);
                s13 = T.MultiplyAdd(v, b3, s13);
                v = T.Fill(left[2 * row]);
                s20 = T.MultiplyAdd(v, b0, s20);
                s21 = T.MultiplyAdd(v, b1, s21);
                s22 = T.MultiplyAdd(v, b2, s22);
                s23 = T.MultiplyAdd(v, b3, s23);
                v = T.Fill(left[3 * row]);
                s30 = T.MultiplyAdd(v, b0, s30);
                s31 = T.MultiplyAdd(v, b1, s31);
                s32 = T.MultiplyAdd(v, b2, s32);
                s33 = T.MultiplyAdd(v, b3, s33);
            }
        }

        StoreFour(c, s00, s01, s02, s03);
        StoreFour(c1, s10, s11, s12, s13);
        StoreFour(c2, s20, s21, s22, s23);
        StoreFour(c3, s30, s31, s32, s33);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(in MatrixProductShape shape, float* a, float* b, float* c, bool add)
    {
        int pitch = shape.Columns, length = shape.Length;
        nint row = shape.LeftRow, step = shape.LeftColumn;
        float* c1 = c + pitch, c2 = c1 + pitch, c3 = c2 + pitch;
        T s00 = Start(c, add), s01 = Start(c + T.Count, add), s10 = Start(c1, add), s11 = Start(c1 + T.Count, add);
        T s20 = Start(c2, add), s21 = Start(c2 + T.Count, add), s30 = Start(c3, add), s31 = Start(c3 + T.Count, add);
        for (int s = 0; s < shape.Segments; s++)
        {
            float* left = a + (s * shape.LeftSegment);
            for (int j = 0; j < length; j++, left += step, b += pitch)
            {
                T b0 = T.Load(b), b1 = T.Load(b + T.Count), v = T.Fill(left[0]);
                s00 = T.MultiplyAdd(v, b0, s00);
                s01 = T.MultiplyAdd(v, b1, s01);
                v = T.Fill(left[row]);
                s10 = T.MultiplyAdd(v, b0, s10);
                s11 = T.MultiplyAdd(v, b1, s11);
                v = T.Fill(left[2 * row]);
                s20 = T.MultiplyAdd(v, b0, s20);
                s21 = T.MultiplyAdd(v, b1, s21);
                v = T.Fill(left[3 * row]);
                s30 = T.MultiplyAdd(v, b0, s30);
                s31 = T.MultiplyAdd(v, b1, s31);
            }
        }

        StoreTwo(c, s00, s01);
        StoreTwo(c1, s10, s11);
        StoreTwo(c2, s20, s21);
        StoreTwo(c3, s30, s31);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByFour(in MatrixProductShape shape, float* a, float* b, float* c, bool add)
    {
        int pitch = shape.Columns, length = shape.Length;
        T s0 = Start(c, add), s1 = Start(c + T.Count, add), s2 = Start(c + (2 * T.Count), add), s3 = Start(c + (3 * T.Count), add);
        for (int s = 0; s < shape.Segments; s++)
        {
            float* left = a + (s * shape.LeftSegment);
            for (int j = 0; j < length; j++, left += shape.LeftColumn, b += pitch)
            {
                T v = T.Fill(*left);
                s0 = T.MultiplyAdd(v, T.Load(b), s0);
                s1 = T.MultiplyAdd(v, T.Load(b + T.Count), s1);
                s2 = T.MultiplyAdd(v, T.Load(b + (2 * T.Count)), s2);
                s3 = T.MultiplyAdd(v, T.Load(b + (3 * T.Count)), s3);
            }
        }

        StoreFour(c, s0, s1, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne(in MatrixProductShape shape, float* a, float* b, float* c, bool add)
    {
        T sum = Start(c, add);
        for (int s = 0; s < shape.Segments; s++)
        {
            float* left = a + (s * shape.LeftSegment);
            for (int j = 0; j < shape.Length; j++, left += shape.LeftColumn, b += shape.Columns)
            {
                sum = T.MultiplyAdd(T.Fill(*left), T.Load(b), sum);
            }
        }

        T.Store(c, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Start(float* c, bool add) => add ? T.Load(c) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTwo(float* c, T s0, T s1)
    {
        T.Store(c, s0);
        T.Store(c + T.Count, s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(float* c, T s0, T s1, T s2, T s3)
    {
        StoreTwo(c, s0, s1);
        StoreTwo(c + (2 * T.Count), s2, s3);
    }
}
