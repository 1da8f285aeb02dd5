using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StereoSpike.Hardware;

/// <summary>Source rows with every value written out, zeros included: what dense kernels read.</summary>
internal static unsafe class DenseRows
{
    /// <summary>Elements behind the last value that a fill may write: it stores 16 at once.</summary>
    public const int Slack = 16;

    /// <summary>Writes rows out, interleaved column by column.</summary>
    /// <typeparam name="TElement">What to write values as: float, int, or short where spikes are summed in 16 bits.</typeparam>
    /// <typeparam name="T">Numbers of the source.</typeparam>
    /// <param name="source">What to write.</param>
    /// <param name="firstRow">First source row; rows outside of the source are 0.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="channels">Channels a row and column take up, at least the source's.</param>
    /// <param name="margin">Columns of zeros on each side.</param>
    /// <param name="values">Receives shape [margin + W + margin, rows, channels], and <see cref="Slack"/> more.</param>
    public static void Fill<TElement, T>(EventSource<T> source, int firstRow, int rows, int channels, int margin, TElement* values)
        where TElement : unmanaged, INumber<TElement>
        where T : unmanaged, INumber<T>
    {
        int width = source.Shape.Width, height = source.Shape.Height;
        long column = (long)rows * channels;
        new Span<TElement>(values, (int)(margin * column)).Clear();
        for (int q = 0; q < width; q++)
        {
            TElement* pixel = values + ((margin + q) * column);
            for (int u = 0; u < rows; u++, pixel += channels)
            {
                // In rising order of places: what a pixel's last block writes too much, the next pixel writes over.
                int row = firstRow + u;
                if (row < 0 || row >= height)
                {
                    new Span<TElement>(pixel, channels).Clear();
                }
                else if (source.Values == null)
                {
                    WriteSpikes(source, row, q, pixel);
                }
                else
                {
                    WriteValues(source, row, q, channels, pixel);
                }
            }
        }

        new Span<TElement>(values + ((margin + width) * column), (int)(margin * column) + Slack).Clear();
    }

    private static void WriteValues<TElement, T>(EventSource<T> source, int row, int column, int channels, TElement* values)
        where TElement : unmanaged, INumber<TElement>
        where T : unmanaged, INumber<T>
    {
        int have = source.Shape.Channels;
        T* from = source.Values + ((((long)row * source.Shape.Width) + column) * have);
        for (int c = 0; c < have; c++)
        {
            values[c] = TElement.CreateTruncating(from[c]);
        }

        new Span<TElement>(values + have, channels - have).Clear();
    }

    private static void WriteSpikes<TElement, T>(EventSource<T> source, int row, int column, TElement* values)
        where TElement : unmanaged, INumber<TElement>
        where T : unmanaged
    {
        for (int b = 0; b < source.Blocks; b++, values += SpikeMap.BlockChannels)
        {
            if (sizeof(TElement) == sizeof(short))
            {
                Vector256<TElement> count = OneWhereSet16<TElement>(source.Bits(0, row, column)[b]);
                for (int part = 1; part < source.Parts; part++)
                {
                    count += OneWhereSet16<TElement>(source.Bits(part, row, column)[b]);
                }

                count.Store(values);
                continue;
            }

            Vector512<TElement> sum = OneWhereSet<TElement>(source.Bits(0, row, column)[b]);
            for (int part = 1; part < source.Parts; part++)
            {
                sum += OneWhereSet<TElement>(source.Bits(part, row, column)[b]);
            }

            sum.Store(values);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<TElement> OneWhereSet<TElement>(ushort bits)
        where TElement : unmanaged, INumber<TElement>
    {
        Vector512<int> lane = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return Vector512.Equals(Vector512.Create((int)bits) & lane, lane).As<int, TElement>() & Vector512<TElement>.One;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<TElement> OneWhereSet16<TElement>(ushort bits)
        where TElement : unmanaged, INumber<TElement>
    {
        Vector256<ushort> lane = Vector256.Create((ushort)1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return Vector256.Equals(Vector256.Create(bits) & lane, lane).As<ushort, TElement>() & Vector256<TElement>.One;
    }
}
