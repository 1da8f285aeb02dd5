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
internal unsafe struct GatherKernel<T>
    where T : unmanaged
{
    /// <summary>For each event, the byte at which its weight row begins, counted from source column 0.</summary>
    public int* Places;

    /// <summary>For each event what its row is multiplied by; null where that is 1.</summary>
    public T* Values;

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

    /// <summary>Receives the sums, shape [Outputs, Channels].</summary>
    public T* Sums;

    /// <summary>Weights of a row, whole vectors.</summary>
    public int Channels;

    /// <summary>Outputs.</summary>
    public int Outputs;

    /// <summary>Rows that a vector of sums can hold: after so many it is added to the stored sums, which are wider. At least 1.</summary>
    public int Limit;

    private interface ICount
    {
        static abstract int Value { get; }
    }

    /// <summary>Sums events whose value is 1.</summary>
    public readonly void Sum<TVector, TRows>()
        where TVector : unmanaged
        where TRows : struct, IRows<TVector, T>
    {
        int left = Channels / TRows.Channels, at = 0;
        while (left > 0)
        {
            int taken = left >= 10 ? 10 : left >= 8 ? 8 : left >= 5 ? 5 : left >= 4 ? 4 : left >= 2 ? 2 : 1;   // 25 taps of a 5×5 kernel are 10, 10 and 5
            switch (taken)
            {
                case 10: SumUnits<TVector, TRows, Ten>(at); break;
                case 8: SumUnits<TVector, TRows, Eight>(at); break;
                case 5: SumUnits<TVector, TRows, Five>(at); break;
                case 4: SumUnits<TVector, TRows, Four>(at); break;
                case 2: SumUnits<TVector, TRows, Two>(at); break;
                default: SumUnits<TVector, TRows, One>(at); break;
            }

            at += taken * TRows.Channels;
            left -= taken;
        }
    }

    /// <summary>Sums events, each times its value.</summary>
    public readonly void SumProducts<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
    {
        for (int at = 0; at < Channels;)
        {
            if (Channels - at >= 2 * TLanes.Channels)
            {
                SumValued<TVector, TLanes, Two>(at);
                at += 2 * TLanes.Channels;
            }
            else
            {
                SumValued<TVector, TLanes, One>(at);
                at += TLanes.Channels;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void SumUnits<TVector, TRows, TCount>(int at)
        where TVector : unmanaged
        where TRows : struct, IRows<TVector, T>
        where TCount : struct, ICount
    {
        int* places = Places, starts = ColumnStarts;
        int columns = Columns, first = First, step = Step, span = Span, outputs = Outputs, channels = Channels, limit = Limit, bytes = TRows.Channels * TRows.WeightBytes;
        byte* weights = Weights + (at * TRows.WeightBytes);
        T* sums = Sums + at;
        long columnBytes = ColumnBytes;
        for (int x = 0; x < outputs; x++, first += step, sums += channels)
        {
            int from = Math.Clamp(first, 0, columns), to = Math.Clamp(first + span, from, columns);
            int* place = places + starts[from], end = places + starts[to];
            byte* rows = weights - (first * columnBytes);
            bool added = false;
            do
            {
                int* stop = end - place > limit ? place + limit : end;
                TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default, s8 = default, s9 = default;
                for (; place < stop; place++)
                {
                    byte* row = rows + *place;
                    s0 = TRows.AddRow(s0, row);
                    if (TCount.Value > 1)   // a constant of the type: the branches that do not hold are never compiled
                    {
                        s1 = TRows.AddRow(s1, row + bytes);
                    }

                    if (TCount.Value > 2)
                    {
                        s2 = TRows.AddRow(s2, row + (2 * bytes));
                        s3 = TRows.AddRow(s3, row + (3 * bytes));
                    }

                    if (TCount.Value > 4)
                    {
                        s4 = TRows.AddRow(s4, row + (4 * bytes));
                    }

                    if (TCount.Value > 5)
                    {
                        s5 = TRows.AddRow(s5, row + (5 * bytes));
                        s6 = TRows.AddRow(s6, row + (6 * bytes));
                        s7 = TRows.AddRow(s7, row + (7 * bytes));
                    }

                    if (TCount.Value > 8)
                    {
                        s8 = TRows.AddRow(s8, row + (8 * bytes));
                        s9 = TRows.AddRow(s9, row + (9 * bytes));
                    }
                }

                Store<TVector, TRows, TCount>(sums, added, s0, s1, s2, s3, s4);
                if (TCount.Value > 5)
                {
                    Store<TVector, TRows, Five>(sums + (5 * TRows.Channels), added, s5, s6, s7, s8, s9, TCount.Value - 5);
                }

                added = true;
            }
            while (place < end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVector, TRows, TCount>(T* to, bool added, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, int count = 5)
        where TVector : unmanaged
        where TRows : struct, IRows<TVector, T>
        where TCount : struct, ICount
    {
        int most = Math.Min(TCount.Value, count);
        TRows.StoreSums(to, s0, added);
        if (most > 1)
        {
            TRows.StoreSums(to + TRows.Channels, s1, added);
        }

        if (most > 2)
        {
            TRows.StoreSums(to + (2 * TRows.Channels), s2, added);
        }

        if (most > 3)
        {
            TRows.StoreSums(to + (3 * TRows.Channels), s3, added);
        }

        if (most > 4)
        {
            TRows.StoreSums(to + (4 * TRows.Channels), s4, added);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void SumValued<TVector, TLanes, TCount>(int at)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
        where TCount : struct, ICount
    {
        int first = First;
        T* sums = Sums + at;
        for (int x = 0; x < Outputs; x++, first += Step, sums += Channels)
        {
            int from = Math.Clamp(first, 0, Columns), to = Math.Clamp(first + Span, from, Columns);
            int e = ColumnStarts[from], end = ColumnStarts[to];
            byte* rows = Weights + (at * sizeof(T)) - (first * ColumnBytes);
            TVector s0 = default, s1 = default;
            for (; e < end; e++)
            {
                T* row = (T*)(rows + Places[e]);
                TVector value = TLanes.Splat(Values[e]);
                s0 = TLanes.MultiplyAdd(value, TLanes.Load(row), s0);
                if (TCount.Value > 1)
                {
                    s1 = TLanes.MultiplyAdd(value, TLanes.Load(row + TLanes.Channels), s1);
                }
            }

            TLanes.Store(sums, s0);
            if (TCount.Value > 1)
            {
                TLanes.Store(sums + TLanes.Channels, s1);
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
