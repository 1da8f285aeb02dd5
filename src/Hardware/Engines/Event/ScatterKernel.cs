using System.Runtime.CompilerServices;

namespace StereoSpike.Hardware;

/// <summary>Adds each event's weight rows to the outputs it reaches, a tap each.</summary>
/// <remarks><code>out[q + First + Taps − 1 − j, ·] += value_e·W[place_e][j, ·]   for each event e of column q</code></remarks>
internal unsafe struct ScatterKernel<T>
    where T : unmanaged
{
    /// <summary>For each event, the byte at which its weight rows begin.</summary>
    public int* Places;

    /// <summary>For each event what they are multiplied by.</summary>
    public T* Values;

    /// <summary>First event of each source column, and behind the last the number of all; shape [Columns + 1].</summary>
    public int* ColumnStarts;

    /// <summary>Source columns.</summary>
    public int Columns;

    /// <summary>First output that source column 0 reaches; negative where it lies on the margin.</summary>
    public int First;

    /// <summary>Outputs that an event reaches.</summary>
    public int Taps;

    /// <summary>The weight rows.</summary>
    public byte* Weights;

    /// <summary>Sums to add to, shape [outputs and margins, Channels], at output 0.</summary>
    public T* Sums;

    /// <summary>Weights of a row, whole vectors.</summary>
    public int Channels;

    /// <summary>Adds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Add<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
    {
        int channels = Channels, taps = Taps, e = ColumnStarts[0];
        for (int q = 0; q < Columns; q++)
        {
            T* last = Sums + ((long)(q + First + taps - 1) * channels);
            for (int end = ColumnStarts[q + 1]; e < end; e++)
            {
                TVector value = TLanes.Splat(Values[e]);
                T* weights = (T*)(Weights + Places[e]), to = last;
                for (int j = 0; j < taps; j++, to -= 2 * channels)
                {
                    for (int c = 0; c < channels; c += TLanes.Channels, weights += TLanes.Channels, to += TLanes.Channels)
                    {
                        TLanes.Store(to, TLanes.MultiplyAdd(value, TLanes.Load(weights), TLanes.Load(to)));
                    }
                }
            }
        }
    }
}
