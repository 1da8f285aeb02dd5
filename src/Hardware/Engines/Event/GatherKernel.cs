using System.Runtime.CompilerServices;

namespace StereoSpike.Hardware;

/// <summary>For each output, the sum of the weight rows that a list names: what a convolution comes to where only a few inputs are not zero.</summary>
/// <remarks>
/// The list holds, for each source column, where the rows of its active inputs begin. An output reads the columns [First + x·Step, … + Span), which stand together in
/// the list, so it is one loop over one run:
/// <code>
/// out[x, ·] = Σ_{e in columns of x} value_e · W[place_e − x·(Step columns), ·]
/// </code>
/// The sums of an output stay in registers while the run is walked, ten vectors at most at a time.
/// </remarks>
internal unsafe struct GatherKernel
{
    /// <summary>For each event, the byte at which its weight row begins, counted from source column 0.</summary>
    public int* Places;

    /// <summary>For each event what its row is multiplied by; null where that is 1.</summary>
    public float* Values;

    /// <summary>First event of each source column, and behind the last the number of all; shape [Columns + 1].</summary>
    public int* ColumnStarts;

    /// <summary>Source columns.</summary>
    public int Columns;

    /// <summary>First source column of output 0; may be negative.</summary>
    public int First;

    /// <summary>Source columns from an output to the next.</summary>
    public int Step;

    /// <summary>Source columns an output reads.</summary>
    public int Span;

    /// <summary>Bytes of weights from a source column to the next; 0 where all columns share their rows.</summary>
    public long ColumnBytes;

    /// <summary>The weight rows.</summary>
    public byte* Weights;

    /// <summary>Receives the sums.</summary>
    public byte* Sums;

    /// <summary>Bytes of a weight row, and from an output's sums to the next's.</summary>
    public int RowBytes;

    /// <summary>Outputs.</summary>
    public int Outputs;

    private interface ICount
    {
        static abstract int Value { get; }
    }

    /// <summary>Sums events whose value is 1.</summary>
    public void Sum<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        int left = RowBytes / sizeof(TVector), at = 0;
        while (left > 0)
        {
            int taken = left is 5 or 10 or 20 ? Math.Min(left, 10) : left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;   // 5, 10, 20: the taps of a 5×5 kernel
            switch (taken)
            {
                case 10: SumUnits<TVector, TLanes, Ten>(at); break;
                case 8: SumUnits<TVector, TLanes, Eight>(at); break;
                case 5: SumUnits<TVector, TLanes, Five>(at); break;
                case 4: SumUnits<TVector, TLanes, Four>(at); break;
                case 2: SumUnits<TVector, TLanes, Two>(at); break;
                default: SumUnits<TVector, TLanes, One>(at); break;
            }

            at += taken * sizeof(TVector);
            left -= taken;
        }
    }

    /// <summary>Sums events, each times its value.</summary>
    public void SumProducts<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, IFloatLanes<TVector>
    {
        for (int at = 0; at < RowBytes;)
        {
            if (RowBytes - at >= 2 * sizeof(TVector))
            {
                SumValued<TVector, TLanes, Two>(at);
                at += 2 * sizeof(TVector);
            }
            else
            {
                SumValued<TVector, TLanes, One>(at);
                at += sizeof(TVector);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void SumUnits<TVector, TLanes, TCount>(int at)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
        where TCount : struct, ICount
    {
        int* places = Places, starts = ColumnStarts;
        byte* weights = Weights + at, sums = Sums + at;
        int columns = Columns, first = First, step = Step, span = Span, outputs = Outputs, sumBytes = RowBytes;
        long columnBytes = ColumnBytes;
        for (int x = 0; x < outputs; x++, first += step, sums += sumBytes)
        {
            int from = Math.Clamp(first, 0, columns), to = Math.Clamp(first + span, from, columns);
            int* place = places + starts[from], end = places + starts[to];
            byte* rows = weights - (first * columnBytes);
            TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default, s8 = default, s9 = default;
            for (; place < end; place++)
            {
                byte* row = rows + *place;
                s0 = TLanes.Add(s0, TLanes.Load(row));
                if (TCount.Value > 1)   // a constant of the type: the branches that do not hold are never compiled
                {
                    s1 = TLanes.Add(s1, TLanes.Load(row + sizeof(TVector)));
                }

                if (TCount.Value > 2)
                {
                    s2 = TLanes.Add(s2, TLanes.Load(row + (2 * sizeof(TVector))));
                    s3 = TLanes.Add(s3, TLanes.Load(row + (3 * sizeof(TVector))));
                }

                if (TCount.Value > 4)
                {
                    s4 = TLanes.Add(s4, TLanes.Load(row + (4 * sizeof(TVector))));
                }

                if (TCount.Value > 5)
                {
                    s5 = TLanes.Add(s5, TLanes.Load(row + (5 * sizeof(TVector))));
                    s6 = TLanes.Add(s6, TLanes.Load(row + (6 * sizeof(TVector))));
                    s7 = TLanes.Add(s7, TLanes.Load(row + (7 * sizeof(TVector))));
                }

                if (TCount.Value > 8)
                {
                    s8 = TLanes.Add(s8, TLanes.Load(row + (8 * sizeof(TVector))));
                    s9 = TLanes.Add(s9, TLanes.Load(row + (9 * sizeof(TVector))));
                }
            }

            TLanes.Store(sums, s0);
            if (TCount.Value > 1)
            {
                TLanes.Store(sums + sizeof(TVector), s1);
            }

            if (TCount.Value > 2)
            {
                TLanes.Store(sums + (2 * sizeof(TVector)), s2);
                TLanes.Store(sums + (3 * sizeof(TVector)), s3);
            }

            if (TCount.Value > 4)
            {
                TLanes.Store(sums + (4 * sizeof(TVector)), s4);
            }

            if (TCount.Value > 5)
            {
                TLanes.Store(sums + (5 * sizeof(TVector)), s5);
                TLanes.Store(sums + (6 * sizeof(TVector)), s6);
                TLanes.Store(sums + (7 * sizeof(TVector)), s7);
            }

            if (TCount.Value > 8)
            {
                TLanes.Store(sums + (8 * sizeof(TVector)), s8);
                TLanes.Store(sums + (9 * sizeof(TVector)), s9);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void SumValued<TVector, TLanes, TCount>(int at)
        where TVector : unmanaged
        where TLanes : struct, IFloatLanes<TVector>
        where TCount : struct, ICount
    {
        int first = First;
        byte* sums = Sums + at;
        for (int x = 0; x < Outputs; x++, first += Step, sums += RowBytes)
        {
            int from = Math.Clamp(first, 0, Columns), to = Math.Clamp(first + Span, from, Columns);
            int e = ColumnStarts[from], end = ColumnStarts[to];
            byte* rows = Weights + at - (first * ColumnBytes);
            TVector s0 = default, s1 = default;
            for (; e < end; e++)
            {
                byte* row = rows + Places[e];
                TVector value = TLanes.Splat(Values[e]);
                s0 = TLanes.MultiplyAdd(value, TLanes.Load(row), s0);
                if (TCount.Value > 1)
                {
                    s1 = TLanes.MultiplyAdd(value, TLanes.Load(row + sizeof(TVector)), s1);
                }
            }

            TLanes.Store(sums, s0);
            if (TCount.Value > 1)
            {
                TLanes.Store(sums + sizeof(TVector), s1);
            }
        }
    }

    private readonly struct One : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Two : ICount
    {
        public static int Value => 2;
    }

    private readonly struct Four : ICount
    {
        public static int Value => 4;
    }

    private readonly struct Five : ICount
    {
        public static int Value => 5;
    }

    private readonly struct Eight : ICount
    {
        public static int Value => 8;
    }

    private readonly struct Ten : ICount
    {
        public static int Value => 10;
    }
}
