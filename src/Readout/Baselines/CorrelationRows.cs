using System.Numerics;

namespace StereoSpike.Readout;

/// <summary>The integer arithmetic of block matching, a row at a time. Each loop takes as many pixels an instruction as the machine can, and the rest one by one.</summary>
internal static class CorrelationRows
{
    /// <summary>products[x] = ON_L[x]·ON_R[x − d] + OFF_L[x]·OFF_R[x − d], and 0 where x − d is off the sensor. All of shape [W].</summary>
    public static void Multiply(
        ReadOnlySpan<int> leftOn, ReadOnlySpan<int> leftOff, ReadOnlySpan<int> rightOn, ReadOnlySpan<int> rightOff, int disparity, Span<int> products, bool vectorised)
    {
        products[..disparity].Clear();
        leftOn = leftOn[disparity..];
        leftOff = leftOff[disparity..];
        products = products[disparity..];
        int x = 0;
        for (int width = Vector<int>.Count; vectorised && x <= products.Length - width; x += width)
        {
            ((Vector.Create(leftOn[x..]) * Vector.Create(rightOn[x..])) + (Vector.Create(leftOff[x..]) * Vector.Create(rightOff[x..]))).CopyTo(products[x..]);
        }

        for (; x < products.Length; x++)
        {
            products[x] = (leftOn[x] * rightOn[x]) + (leftOff[x] * rightOff[x]);
        }
    }

    /// <summary>Adds a row that enters the block.</summary>
    public static void Add(Span<int> columns, ReadOnlySpan<int> row, bool vectorised)
    {
        int x = 0;
        for (int width = Vector<int>.Count; vectorised && x <= columns.Length - width; x += width)
        {
            (Vector.Create<int>(columns[x..]) + Vector.Create(row[x..])).CopyTo(columns[x..]);
        }

        for (; x < columns.Length; x++)
        {
            columns[x] += row[x];
        }
    }

    /// <summary>Takes off a row that leaves the block.</summary>
    public static void Subtract(Span<int> columns, ReadOnlySpan<int> row, bool vectorised)
    {
        int x = 0;
        for (int width = Vector<int>.Count; vectorised && x <= columns.Length - width; x += width)
        {
            (Vector.Create<int>(columns[x..]) - Vector.Create(row[x..])).CopyTo(columns[x..]);
        }

        for (; x < columns.Length; x++)
        {
            columns[x] -= row[x];
        }
    }

    /// <summary>sums[x] = Σ columns[x − r … x + r], as far as that lies on the sensor. A running sum: exact in integers, and one after another.</summary>
    public static void SumAcross(ReadOnlySpan<int> columns, int radius, Span<int> sums)
    {
        int sum = 0, width = columns.Length;
        for (int x = 0; x < Math.Min(radius, width); x++)
        {
            sum += columns[x];
        }

        for (int x = 0; x < width; x++)
        {
            sum += x + radius < width ? columns[x + radius] : 0;
            sums[x] = sum;
            sum -= x >= radius ? columns[x - radius] : 0;
        }
    }
}
