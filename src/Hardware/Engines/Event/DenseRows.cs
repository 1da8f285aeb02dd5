using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StereoSpike.Hardware;

/// <summary>Source rows with every value written out, zeros included: what dense kernels read.</summary>
internal static unsafe class DenseRows
{
    /// <summary>Floats behind the last value that a fill may write: it stores 16 at once.</summary>
    public const int Slack = 16;

    /// <summary>Writes rows out, interleaved column by column.</summary>
    /// <param name="source">What to write.</param>
    /// <param name="firstRow">First source row; rows outside of the source are 0.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="channels">Channels a row and column take up, at least the source's.</param>
    /// <param name="margin">Columns of zeros on each side.</param>
    /// <param name="values">Receives shape [margin + W + margin, rows, channels], and <see cref="Slack"/> more.</param>
    public static void Fill(EventSource source, int firstRow, int rows, int channels, int margin, float* values)
    {
        int width = source.Shape.Width, height = source.Shape.Height;
        long column = (long)rows * channels;
        new Span<float>(values, (int)(margin * column)).Clear();
        for (int q = 0; q < width; q++)
        {
            float* pixel = values + ((margin + q) * column);
            for (int u = 0; u < rows; u++, pixel += channels)
            {
                // In rising order of places: what a pixel's last block writes too much, the next pixel writes over.
                int row = firstRow + u;
                if (row < 0 || row >= height)
                {
                    new Span<float>(pixel, channels).Clear();
                }
                else if (source.Values == null)
                {
                    WriteSpikes(source, row, q, pixel);
                }
                else
                {
                    int have = source.Shape.Channels;
                    new ReadOnlySpan<float>(source.Values + ((((long)row * width) + q) * have), have).CopyTo(new Span<float>(pixel, have));
                    new Span<float>(pixel + have, channels - have).Clear();
                }
            }
        }

        new Span<float>(values + ((margin + width) * column), (int)(margin * column) + Slack).Clear();
    }

    private static void WriteSpikes(EventSource source, int row, int column, float* values)
    {
        ushort* first = source.Bits(0, row, column);
        for (int b = 0; b < source.Blocks; b++, values += SpikeMap.BlockChannels)
        {
            Vector512<float> sum = OneWhereSet(first[b]);
            for (int part = 1; part < source.Parts; part++)
            {
                sum += OneWhereSet(source.Bits(part, row, column)[b]);
            }

            sum.Store(values);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> OneWhereSet(ushort bits)
    {
        Vector512<int> lane = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return Vector512.Equals(Vector512.Create((int)bits) & lane, lane).AsSingle() & Vector512<float>.One;
    }
}
