namespace StereoSpike.Files;

/// <summary>The five predictions that PNG subtracts from a row before compressing it, for 16-bit grey.</summary>
/// <remarks>
/// a is the byte of the same rank in the pixel to the left, b in the pixel above, c above and left; 0 outside the image.
/// <code>0 None: 0   1 Sub: a   2 Up: b   3 Average: ⌊(a + b)/2⌋   4 Paeth: whichever of a, b, c is nearest to a + b − c</code>
/// Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", 2025, section 9.
/// </remarks>
internal static class PngFilter
{
    /// <summary>Number of filters; they are numbered from 0.</summary>
    public const int Count = 5;

    private const int PixelBytes = 2;

    /// <summary>Restores a row in place.</summary>
    /// <param name="filter">0 to 4.</param>
    /// <param name="row">The filtered row; the restored one on return.</param>
    /// <param name="above">The restored row above; zeros for the first.</param>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int a = i < PixelBytes ? 0 : row[i - PixelBytes], c = i < PixelBytes ? 0 : above[i - PixelBytes];
            row[i] += Predict(filter, a, above[i], c);
        }
    }

    /// <summary>Filters a row in the way that promises to compress best: the smallest sum of differences, taken as signed bytes.</summary>
    /// <param name="row">The row.</param>
    /// <param name="above">The row above; zeros for the first.</param>
    /// <param name="filtered">Receives the filtered row.</param>
    /// <returns>The filter chosen, 0 to 4.</returns>
    public static int ApplyBest(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> filtered)
    {
        int best = 0;
        long smallest = long.MaxValue;
        for (int filter = 0; filter < Count; filter++)
        {
            long sum = Apply(filter, row, above, filtered);
            if (sum < smallest)
            {
                (best, smallest) = (filter, sum);
            }
        }

        Apply(best, row, above, filtered);
        return best;
    }

    private static long Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> filtered)
    {
        long sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            int a = i < PixelBytes ? 0 : row[i - PixelBytes], c = i < PixelBytes ? 0 : above[i - PixelBytes];
            filtered[i] = (byte)(row[i] - Predict(filter, a, above[i], c));
            sum += Math.Abs((int)(sbyte)filtered[i]);
        }

        return sum;
    }

    private static byte Predict(int filter, int a, int b, int c) => filter switch
    {
        0 => 0,
        1 => (byte)a,
        2 => (byte)b,
        3 => (byte)((a + b) >> 1),
        _ => (byte)Paeth(a, b, c),
    };

    private static int Paeth(int a, int b, int c)
    {
        int toA = Math.Abs(b - c), toB = Math.Abs(a - c), toC = Math.Abs(a + b - c - c);
        return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
    }
}
