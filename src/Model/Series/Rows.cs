using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StereoSpike.Model;

/// <summary>Sums over rows of channels.</summary>
internal static class Rows
{
    /// <summary>y ← y + scale·x.</summary>
    /// <param name="scale">The factor.</param>
    /// <param name="x">A row.</param>
    /// <param name="y">A row of the same length.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(float scale, ReadOnlySpan<float> x, Span<float> y) =>
        AddScaled(scale, ref MemoryMarshal.GetReference(x[..y.Length]), ref MemoryMarshal.GetReference(y), y.Length);

    /// <summary>The same without checks, for loops that have made theirs.</summary>
    /// <param name="scale">The factor.</param>
    /// <param name="x">First element of a row.</param>
    /// <param name="y">First element of another.</param>
    /// <param name="length">Of both.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(float scale, ref float x, ref float y, int length)
    {
        var factor = new Vector<float>(scale);
        int i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref x, (nuint)i), Vector.LoadUnsafe(ref y, (nuint)i)).StoreUnsafe(ref y, (nuint)i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref y, i) = MathF.FusedMultiplyAdd(scale, Unsafe.Add(ref x, i), Unsafe.Add(ref y, i));
        }
    }
}
