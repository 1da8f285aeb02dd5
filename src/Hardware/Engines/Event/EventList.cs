using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StereoSpike.Hardware;

/// <summary>The events of some source rows, column by column: for each the place of its weight row. Read by <see cref="GatherKernel{T}"/>.</summary>
internal unsafe struct EventList<T>
    where T : unmanaged
{
    /// <summary>Places beyond the last event that a build may write: it stores 16 at once.</summary>
    public const int Slack = 16;

    /// <summary>Byte of each event's weight row.</summary>
    public int* Places;

    /// <summary>Value of each event; null for spikes.</summary>
    public T* Values;

    /// <summary>First event of each column, then the number of all; shape [W + 1].</summary>
    public int* ColumnStarts;

    /// <summary>Most events that rows can hold.</summary>
    public static int Capacity(EventSource<T> source, int rows) => checked((rows * source.Shape.Width * source.Shape.Channels * source.Parts) + Slack);

    /// <summary>Lists the events of rows.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="firstRow">First source row; rows outside of the source hold nothing.</param>
    /// <param name="rows">Source rows.</param>
    /// <param name="rowBytes">Bytes of a weight row.</param>
    /// <param name="eachColumnApart">Whether weight rows go on from column to column, so that outputs may read several; otherwise every column begins at weight row 0.</param>
    /// <remarks>The weight row of (column, row, channel) is (column·rows + row)·C + channel, the column 0 where they share.</remarks>
    public readonly void Build(EventSource<T> source, int firstRow, int rows, int rowBytes, bool eachColumnApart)
    {
        int count = 0, width = source.Shape.Width, height = source.Shape.Height, channels = source.Shape.Channels;
        int from = Math.Max(0, -firstRow), to = Math.Min(rows, height - firstRow);
        Vector512<int> lanes = Vector512<int>.Indices * rowBytes;
        for (int q = 0; q < width; q++)
        {
            ColumnStarts[q] = count;
            for (int u = from; u < to; u++)
            {
                int weightRow = ((eachColumnApart ? q * rows : 0) + u) * channels;
                count = source.Values == null
                    ? AddSpikes(source, firstRow + u, q, weightRow * rowBytes, rowBytes, lanes, count)
                    : AddValues(source, firstRow + u, q, weightRow, rowBytes, count);
            }
        }

        ColumnStarts[width] = count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int AddSpikes(EventSource<T> source, int row, int column, int place, int rowBytes, Vector512<int> lanes, int count)
    {
        int blocks = source.Blocks;
        for (int part = 0; part < source.Parts; part++)
        {
            ushort* bits = source.Bits(part, row, column);
            for (int b = 0; b < blocks; b++)
            {
                count = Add(bits[b], place + (b * SpikeMap.BlockChannels * rowBytes), rowBytes, lanes, Places, count);
            }
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int AddValues(EventSource<T> source, int row, int column, int weightRow, int rowBytes, int count)
    {
        ushort* bits = source.Bits(0, row, column);
        for (int b = 0; b < source.Blocks; b++)
        {
            if (bits[b] != 0)
            {
                count = AddValues(bits[b], b * SpikeMap.BlockChannels, source.Values + ((((long)row * source.Shape.Width) + column) * source.Shape.Channels), weightRow, rowBytes, count);
            }
        }

        return count;
    }

    private readonly int AddValues(uint bits, int firstChannel, T* values, int weightRow, int rowBytes, int count)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            int c = firstChannel + BitOperations.TrailingZeroCount(bits);
            Places[count] = (weightRow + c) * rowBytes;
            Values[count++] = values[c];
        }

        return count;
    }

    /// <summary>Adds the places of a word's set bits, lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Add(uint bits, int place, int rowBytes, Vector512<int> lanes, int* places, int count)
    {
        if (Avx512F.IsSupported)
        {
            // All 16 places, then those whose bit is set moved together: no branch that could be guessed wrong.
            Vector512<int> all = Vector512.Create(place) + lanes;
            Vector512<int> lane = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
            Vector512<int> set = Vector512.Equals(Vector512.Create((int)bits) & lane, lane);
            Avx512F.Compress(Vector512<int>.Zero, set, all).Store(places + count);
            return count + BitOperations.PopCount(bits);
        }

        for (; bits != 0; bits &= bits - 1)
        {
            places[count++] = place + (BitOperations.TrailingZeroCount(bits) * rowBytes);
        }

        return count;
    }
}
