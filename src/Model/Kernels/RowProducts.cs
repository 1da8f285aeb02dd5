using System.Runtime.CompilerServices;

namespace StereoSpike.Model;

/// <summary>The two inner loops of every convolution here: weighted sums of shifted rows, and products of rows with shifted rows.</summary>
/// <remarks><code>
/// Accumulate   target_r[x] = Σ_t  w[t, r] · source[offset_t + x]
/// Correlate    sum[t, r]  += Σ_n Σ_x  a[A_n + r·pitch + x] · b[offset_nt + x]
/// </code>
/// Widths are multiples of the lanes; the caller pads its rows. Eight rows r at once, or four, reuse each load as often; a single row (depthwise) walks eight vectors at
/// once instead, so that enough sums are under way to hide the latency of one.</remarks>
internal static unsafe class RowProducts<T>
    where T : struct, ILanes<T>
{
    /// <summary>How many rows <see cref="Accumulate"/> can make at once, most first.</summary>
    public static ReadOnlySpan<int> AccumulatedRows => [8, 4, 1];

    /// <summary>How many rows <see cref="Correlate"/> can take at once, most first.</summary>
    public static ReadOnlySpan<int> CorrelatedRows => [4, 1];

    /// <summary>Weighted sums of shifted rows.</summary>
    /// <param name="rows">One of <see cref="AccumulatedRows"/>.</param>
    /// <param name="offsets">Of each tap's row in the source; t of them.</param>
    /// <param name="weights">Shape [t, rows].</param>
    /// <param name="source">Where offsets count from.</param>
    /// <param name="target">The first row; overwritten.</param>
    /// <param name="pitch">From one target row to the next.</param>
    /// <param name="width">A multiple of the lanes.</param>
    public static void Accumulate(int rows, ReadOnlySpan<int> offsets, float* weights, float* source, float* target, int pitch, int width)
    {
        fixed (int* taps = offsets)
        {
            switch (rows)
            {
                case 8:
                    Eight(taps, offsets.Length, weights, source, target, pitch, width);
                    break;
                case 4:
                    Four(taps, offsets.Length, weights, source, target, pitch, width);
                    break;
                default:
                    One(taps, offsets.Length, weights, source, target, width);
                    break;
            }
        }
    }

    /// <summary>Products of rows with shifted rows, added to sums of one vector each.</summary>
    /// <param name="rows">One of <see cref="CorrelatedRows"/>.</param>
    /// <param name="a">Where the rows' offsets count from.</param>
    /// <param name="aOffsets">A_n: where the first of the rows begins, shape [n].</param>
    /// <param name="pitch">From one of them to the next.</param>
    /// <param name="b">Where the taps' offsets count from.</param>
    /// <param name="bOffsets">Shape [n, t].</param>
    /// <param name="sums">Added to; shape [t, rows, lanes].</param>
    /// <param name="width">A multiple of the lanes.</param>
    public static void Correlate(int rows, float* a, ReadOnlySpan<int> aOffsets, int pitch, float* b, ReadOnlySpan<int> bOffsets, float* sums, int width)
    {
        int n = aOffsets.Length, taps = bOffsets.Length / n;
        fixed (int* starts = aOffsets, offsets = bOffsets)
        {
            int t = 0;
            for (; t + 4 <= taps && rows == 4; t += 4)
            {
                FourByFour(n, a, starts, pitch, b, offsets + t, taps, sums + (t * 4 * T.Count), width);
            }

            for (; t + 8 <= taps && rows == 1; t += 8)
            {
                OneByEight(n, a, starts, b, offsets + t, taps, sums + (t * T.Count), width);
            }

            for (; t < taps; t++)
            {
                float* sum = sums + (t * rows * T.Count);
                if (rows == 4)
                {
                    FourByOne(n, a, starts, pitch, b, offsets + t, taps, sum, width);
                }
                else
                {
                    OneByOne(n, a, starts, b, offsets + t, taps, sum, width);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(int* offsets, int taps, float* weights, float* source, float* target, int pitch, int width)
    {
        int x = 0;
        for (; T.Count == 16 && x + (2 * T.Count) <= width; x += 2 * T.Count)   // sixteen sums: only AVX-512 has the registers
        {
            T a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            T e0 = default, e1 = default, f0 = default, f1 = default, g0 = default, g1 = default, h0 = default, h1 = default;
            float* w = weights;
            for (int t = 0; t < taps; t++, w += 8)
            {
                float* s = source + offsets[t] + x;
                T s0 = T.Load(s), s1 = T.Load(s + T.Count);
                T v = T.Fill(w[0]);
                a0 = T.MultiplyAdd(v, s0, a0);
                a1 = T.MultiplyAdd(v, s1, a1);
                v = T.Fill(w[1]);
                b0 = T.MultiplyAdd(v, s0, b0);
                b1 = T.MultiplyAdd(v, s1, b1);
                v = T.Fill(w[2]);
                c0 = T.MultiplyAdd(v, s0, c0);
                c1 = T.MultiplyAdd(v, s1, c1);
                v = T.Fill(w[3]);
                d0 = T.MultiplyAdd(v, s0, d0);
                d1 = T.MultiplyAdd(v, s1, d1);
                v = T.Fill(w[4]);
                e0 = T.MultiplyAdd(v, s0, e0);
                e1 = T.MultiplyAdd(v, s1, e1);
                v = T.Fill(w[5]);
                f0 = T.MultiplyAdd(v, s0, f0);
                f1 = T.MultiplyAdd(v, s1, f1);
                v = T.Fill(w[6]);
                g0 = T.MultiplyAdd(v, s0, g0);
                g1 = T.MultiplyAdd(v, s1, g1);
                v = T.Fill(w[7]);
                h0 = T.MultiplyAdd(v, s0, h0);
                h1 = T.MultiplyAdd(v, s1, h1);
            }

            StoreTwo(target + x, a0, a1);
            StoreTwo(target + pitch + x, b0, b1);
            StoreTwo(target + (2 * pitch) + x, c0, c1);
            StoreTwo(target + (3 * pitch) + x, d0, d1);
            StoreTwo(target + (4 * pitch) + x, e0, e1);
            StoreTwo(target + (5 * pitch) + x, f0, f1);
            StoreTwo(target + (6 * pitch) + x, g0, g1);
            StoreTwo(target + (7 * pitch) + x, h0, h1);
        }

        for (; x < width; x += T.Count)
        {
            T a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
            float* w = weights;
            for (int t = 0; t < taps; t++, w += 8)
            {
                T s = T.Load(source + offsets[t] + x);
                a = T.MultiplyAdd(T.Fill(w[0]), s, a);
                b = T.MultiplyAdd(T.Fill(w[1]), s, b);
                c = T.MultiplyAdd(T.Fill(w[2]), s, c);
                d = T.MultiplyAdd(T.Fill(w[3]), s, d);
                e = T.MultiplyAdd(T.Fill(w[4]), s, e);
                f = T.MultiplyAdd(T.Fill(w[5]), s, f);
                g = T.MultiplyAdd(T.Fill(w[6]), s, g);
                h = T.MultiplyAdd(T.Fill(w[7]), s, h);
            }

            T.Store(target + x, a);
            T.Store(target + pitch + x, b);
            T.Store(target + (2 * pitch) + x, c);
            T.Store(target + (3 * pitch) + x, d);
            T.Store(target + (4 * pitch) + x, e);
            T.Store(target + (5 * pitch) + x, f);
            T.Store(target + (6 * pitch) + x, g);
            T.Store(target + (7 * pitch) + x, h);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(int* offsets, int taps, float* weights, float* source, float* target, int pitch, int width)
    {
        int x = 0;
        for (; x + (4 * T.Count) <= width; x += 4 * T.Count)
        {
            T a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            T c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
            float* w = weights;
            for (int t = 0; t < taps; t++, w += 4)
            {
                float* s = source + offsets[t] + x;
                T s0 = T.Load(s), s1 = T.Load(s + T.Count), s2 = T.Load(s + (2 * T.Count)), s3 = T.Load(s + (3 * T.Count));
                T v = T.Fill(w[0]);
                a0 = T.MultiplyAdd(v, s0, a0);
                a1 = T.MultiplyAdd(v, s1, a1);
                a2 = T.MultiplyAdd(v, s2, a2);
                a3 = T.MultiplyAdd(v, s3, a3);
                v = T.Fill(w[1]);
                b0 = T.MultiplyAdd(v, s0, b0);
                b1 = T.MultiplyAdd(v, s1, b1);
                b2 = T.MultiplyAdd(v, s2, b2);
                b3 = T.MultiplyAdd(v, s3, b3);
                v = T.Fill(w[2]);
                c0 = T.MultiplyAdd(v, s0, c0);
                c1 = T.MultiplyAdd(v, s1, c1);
                c2 = T.MultiplyAdd(v, s2, c2);
                c3 = T.MultiplyAdd(v, s3, c3);
                v = T.Fill(w[3]);
                d0 = T.MultiplyAdd(v, s0, d0);
                d1 = T.MultiplyAdd(v, s1, d1);
                d2 = T.MultiplyAdd(v, s2, d2);
                d3 = T.MultiplyAdd(v, s3, d3);
            }

            StoreFour(target + x, a0, a1, a2, a3);
            StoreFour(target + pitch + x, b0, b1, b2, b3);
            StoreFour(target + (2 * pitch) + x, c0, c1, c2, c3);
            StoreFour(target + (3 * pitch) + x, d0, d1, d2, d3);
        }

        for (; x < width; x += T.Count)
        {
            T a = default, b = default, c = default, d = default;
            float* w = weights;
            for (int t = 0; t < taps; t++, w += 4)
            {
                T s = T.Load(source + offsets[t] + x);
                a = T.MultiplyAdd(T.Fill(w[0]), s, a);
                b = T.MultiplyAdd(T.Fill(w[1]), s, b);
                c = T.MultiplyAdd(T.Fill(w[2]), s, c);
                d = T.MultiplyAdd(T.Fill(w[3]), s, d);
            }

            T.Store(target + x, a);
            T.Store(target + pitch + x, b);
            T.Store(target + (2 * pitch) + x, c);
            T.Store(target + (3 * pitch) + x, d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(int* offsets, int taps, float* weights, float* source, float* target, int width)
    {
        int x = 0;
        for (; x + (8 * T.Count) <= width; x += 8 * T.Count)
        {
            T a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
            for (int t = 0; t < taps; t++)
            {
                float* s = source + offsets[t] + x;
                T v = T.Fill(weights[t]);
                a0 = T.MultiplyAdd(v, T.Load(s), a0);
                a1 = T.MultiplyAdd(v, T.Load(s + T.Count), a1);
                a2 = T.MultiplyAdd(v, T.Load(s + (2 * T.Count)), a2);
                a3 = T.MultiplyAdd(v, T.Load(s + (3 * T.Count)), a3);
                a4 = T.MultiplyAdd(v, T.Load(s + (4 * T.Count)), a4);
                a5 = T.MultiplyAdd(v, T.Load(s + (5 * T.Count)), a5);
                a6 = T.MultiplyAdd(v, T.Load(s + (6 * T.Count)), a6);
                a7 = T.MultiplyAdd(v, T.Load(s + (7 * T.Count)), a7);
            }

            StoreFour(target + x, a0, a1, a2, a3);
            StoreFour(target + x + (4 * T.Count), a4, a5, a6, a7);
        }

        for (; x + (2 * T.Count) <= width; x += 2 * T.Count)
        {
            T a0 = default, a1 = default;
            for (int t = 0; t < taps; t++)
            {
                float* s = source + offsets[t] + x;
                T v = T.Fill(weights[t]);
                a0 = T.MultiplyAdd(v, T.Load(s), a0);
                a1 = T.MultiplyAdd(v, T.Load(s + T.Count), a1);
            }

            T.Store(target + x, a0);
            T.Store(target + x + T.Count, a1);
        }

        for (; x < width; x += T.Count)
        {
            T a = default;
            for (int t = 0; t < taps; t++)
            {
                a = T.MultiplyAdd(T.Fill(weights[t]), T.Load(source + offsets[t] + x), a);
            }

            T.Store(target + x, a);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(int n, float* a, int* starts, int pitch, float* b, int* offsets, int taps, float* sums, int width)
    {
        T s00 = Sum(sums, 0), s01 = Sum(sums, 1), s02 = Sum(sums, 2), s03 = Sum(sums, 3), s10 = Sum(sums, 4), s11 = Sum(sums, 5), s12 = Sum(sums, 6), s13 = Sum(sums, 7);
        T s20 = Sum(sums, 8), s21 = Sum(sums, 9), s22 = Sum(sums, 10), s23 = Sum(sums, 11), s30 = Sum(sums, 12), s31 = Sum(sums, 13), s32 = Sum(sums, 14), s33 = Sum(sums, 15);
        for (; n > 0; n--, starts++, offsets += taps)
        {
            float* a0 = a + *starts, a1 = a0 + pitch, a2 = a1 + pitch, a3 = a2 + pitch;
            float* b0 = b + offsets[0], b1 = b + offsets[1], b2 = b + offsets[2], b3 = b + offsets[3];
            for (int x = 0; x < width; x += T.Count)
            {
                T r0 = T.Load(a0 + x), r1 = T.Load(a1 + x), r2 = T.Load(a2 + x), r3 = T.Load(a3 + x);
                T t = T.Load(b0 + x);
                s00 = T.MultiplyAdd(r0, t, s00);
                s01 = T.MultiplyAdd(r1, t, s01);
                s02 = T.MultiplyAdd(r2, t, s02);
                s03 = T.MultiplyAdd(r3, t, s03);
                t = T.Load(b1 + x);
                s10 = T.MultiplyAdd(r0, t, s10);
                s11 = T.MultiplyAdd(r1, t, s11);
                s12 = T.MultiplyAdd(r2, t, s12);
                s13 = T.MultiplyAdd(r3, t, s13);
                t = T.Load(b2 + x);
                s20 = T.MultiplyAdd(r0, t, s20);
                s21 = T.MultiplyAdd(r1, t, s21);
                s22 = T.MultiplyAdd(r2, t, s22);
                s23 = T.MultiplyAdd(r3, t, s23);
                t = T.Load(b3 + x);
                s30 = T.MultiplyAdd(r0, t, s30);
                s31 = T.MultiplyAdd(r1, t, s31);
                s32 = T.MultiplyAdd(r2, t, s32);
                s33 = T.MultiplyAdd(r3, t, s33);
            }
        }

        StoreFour(sums, s00, s01, s02, s03);
        StoreFour(sums + (4 * T.Count), s10, s11, s12, s13);
        StoreFour(sums + (8 * T.Count), s20, s21, s22, s23);
        StoreFour(sums + (12 * T.Count), s30, s31, s32, s33);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne(int n, float* a, int* starts, int pitch, float* b, int* offsets, int taps, float* sums, int width)
    {
        T s0 = Sum(sums, 0), s1 = Sum(sums, 1), s2 = Sum(sums, 2), s3 = Sum(sums, 3);
        for (; n > 0; n--, starts++, offsets += taps)
        {
            float* a0 = a + *starts, a1 = a0 + pitch, a2 = a1 + pitch, a3 = a2 + pitch, b0 = b + *offsets;
            for (int x = 0; x < width; x += T.Count)
            {
                T t = T.Load(b0 + x);
                s0 = T.MultiplyAdd(T.Load(a0 + x), t, s0);
                s1 = T.MultiplyAdd(T.Load(a1 + x), t, s1);
                s2 = T.MultiplyAdd(T.Load(a2 + x), t, s2);
                s3 = T.MultiplyAdd(T.Load(a3 + x), t, s3);
            }
        }

        StoreFour(sums, s0, s1, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByEight(int n, float* a, int* starts, float* b, int* offsets, int taps, float* sums, int width)
    {
        T s0 = Sum(sums, 0), s1 = Sum(sums, 1), s2 = Sum(sums, 2), s3 = Sum(sums, 3), s4 = Sum(sums, 4), s5 = Sum(sums, 5), s6 = Sum(sums, 6), s7 = Sum(sums, 7);
        for (; n > 0; n--, starts++, offsets += taps)
        {
            float* row = a + *starts;
            float* b0 = b + offsets[0], b1 = b + offsets[1], b2 = b + offsets[2], b3 = b + offsets[3];
            float* b4 = b + offsets[4], b5 = b + offsets[5], b6 = b + offsets[6], b7 = b + offsets[7];
            for (int x = 0; x < width; x += T.Count)
            {
                T r = T.Load(row + x);
                s0 = T.MultiplyAdd(r, T.Load(b0 + x), s0);
                s1 = T.MultiplyAdd(r, T.Load(b1 + x), s1);
                s2 = T.MultiplyAdd(r, T.Load(b2 + x), s2);
                s3 = T.MultiplyAdd(r, T.Load(b3 + x), s3);
                s4 = T.MultiplyAdd(r, T.Load(b4 + x), s4);
                s5 = T.MultiplyAdd(r, T.Load(b5 + x), s5);
                s6 = T.MultiplyAdd(r, T.Load(b6 + x), s6);
                s7 = T.MultiplyAdd(r, T.Load(b7 + x), s7);
            }
        }

        StoreFour(sums, s0, s1, s2, s3);
        StoreFour(sums + (4 * T.Count), s4, s5, s6, s7);
    }

    private static void OneByOne(int n, float* a, int* starts, float* b, int* offsets, int taps, float* sum, int width)
    {
        T s = T.Load(sum);
        for (; n > 0; n--, starts++, offsets += taps)
        {
            float* row = a + *starts, shifted = b + *offsets;
            for (int x = 0; x < width; x += T.Count)
            {
                s = T.MultiplyAdd(T.Load(row + x), T.Load(shifted + x), s);
            }
        }

        T.Store(sum, s);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Sum(float* sums, int i) => T.Load(sums + (i * T.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTwo(float* target, T a, T b)
    {
        T.Store(target, a);
        T.Store(target + T.Count, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(float* target, T a, T b, T c, T d)
    {
        StoreTwo(target, a, b);
        StoreTwo(target + (2 * T.Count), c, d);
    }
}
