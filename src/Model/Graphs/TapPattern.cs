using System.Numerics;

namespace StereoSpike.Model;

/// <summary>How the taps of a kernel fall on source pixels along one axis: several on the same pixel after a nearest resize, one on each without.</summary>
/// <remarks>
/// Taps that fall on one source pixel multiply the same value, so their weights may be summed first:
/// <code>
/// Σ_t K[t]·in[first + offset(t)] = Σ_u F[u]·in[first + u],   F[u] = Σ_{t: offset(t) = u} K[t]
/// </code>
/// The sum is exact; only float rounding differs. Source: Shi et al., "Is the deconvolution layer the same as a convolutional layer?", 2016 (arXiv:1609.07009),
/// who treat whole factors; a resize from 17 to 37 repeats pixels unevenly, so here patterns come from the index map.
/// </remarks>
public sealed class TapPattern
{
    private readonly int[] _offsets;

    /// <summary>Makes a pattern.</summary>
    /// <param name="offsets">For each tap the source pixel it falls on, counted from the first such pixel, or −1 where it falls on padding.</param>
    internal TapPattern(int[] offsets)
    {
        _offsets = offsets;
        Span = Math.Max(1, offsets.Max() + 1);
    }

    /// <summary>For each tap the source pixel it falls on, counted from the output's first; −1 where it falls on padding.</summary>
    public IReadOnlyList<int> Offsets => _offsets;

    /// <summary>Source pixels from the first to the last that a tap falls on, at least 1.</summary>
    public int Span { get; }

    /// <summary>Sums weights that fall on the same source pixel.</summary>
    /// <param name="taps">Shape [outer, k, inner].</param>
    /// <param name="inner">Elements that stand together behind a tap.</param>
    /// <returns>Shape [outer, <see cref="Span"/>, inner].</returns>
    /// <exception cref="ArgumentException">The taps do not fill the shape.</exception>
    public T[] Fold<T>(ReadOnlySpan<T> taps, int inner)
        where T : struct, INumber<T>
    {
        int kernel = _offsets.Length, outer = taps.Length / (kernel * Guard.AtLeast(inner, 1));
        Guard.Length(taps.Length, outer * kernel * inner, nameof(taps));
        var folded = new T[outer * Span * inner];
        for (int o = 0; o < outer; o++)
        {
            for (int t = 0; t < kernel; t++)
            {
                if (_offsets[t] < 0)
                {
                    continue;
                }

                ReadOnlySpan<T> from = taps.Slice(((o * kernel) + t) * inner, inner);
                Span<T> to = folded.AsSpan(((o * Span) + _offsets[t]) * inner, inner);
                for (int i = 0; i < inner; i++)
                {
                    to[i] += from[i];
                }
            }
        }

        return folded;
    }
}
