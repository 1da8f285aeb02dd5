using System.Runtime.CompilerServices;

namespace StereoSpike.Hardware;

/// <summary>Adds a few rows, column by column: where the tap rows of a kernel fall on source rows whose products are at hand.</summary>
/// <remarks><code>out[q, ·] = Σ_t row_t[q·Stride + ·]</code></remarks>
internal unsafe struct RowSums<T>
    where T : unmanaged
{
    /// <summary>Where each row begins, shape [Count].</summary>
    public T** Rows;

    /// <summary>Rows.</summary>
    public int Count;

    /// <summary>Elements from a column to the next in a row.</summary>
    public int Stride;

    /// <summary>Columns.</summary>
    public int Columns;

    /// <summary>Elements added a column, whole vectors.</summary>
    public int Channels;

    /// <summary>Receives the sums, shape [Columns, Channels].</summary>
    public T* Sums;

    /// <summary>Adds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Add<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
    {
        T* to = Sums;
        T** rows = Rows;
        int count = Count, channels = Channels;
        for (int q = 0; q < Columns; q++, to += channels)
        {
            long start = (long)q * Stride;
            for (int c = 0; c < channels; c += TLanes.Channels)
            {
                TVector sum = default;
                long at = start + c;
                if (count == 5)   // the tap rows of a 5×5 kernel inside of the picture
                {
                    sum = TLanes.Add(TLanes.Add(TLanes.Add(TLanes.Load(rows[0] + at), TLanes.Load(rows[1] + at)), TLanes.Add(TLanes.Load(rows[2] + at), TLanes.Load(rows[3] + at))), TLanes.Load(rows[4] + at));
                }
                else
                {
                    for (int t = 0; t < count; t++)
                    {
                        sum = TLanes.Add(sum, TLanes.Load(rows[t] + at));
                    }
                }

                TLanes.Store(to + c, sum);
            }
        }
    }
}
