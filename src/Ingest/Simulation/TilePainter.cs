using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StereoSpike.Ingest;

/// <summary>Paints surfaces into one tile of a picture, eight pixels at a time.</summary>
/// <remarks>
/// Written once for <see cref="Vector256{T}"/>, which the runtime carries out with what the machine has; only the table look-up
/// has a second form, for machines without AVX2.
/// </remarks>
internal readonly ref struct TilePainter
{
    private readonly PixelRays _rays;
    private readonly PixelRays.Tile _tile;
    private readonly Span<float> _intensity;
    private readonly Span<float> _inverseDepth;
    private readonly float _blurPx;
    private readonly float _labelCoverage;

    public TilePainter(PixelRays rays, in PixelRays.Tile tile, Span<float> intensity, Span<float> inverseDepth, float blurPx, float labelCoverage)
    {
        _rays = rays;
        _tile = tile;
        _intensity = intensity;
        _inverseDepth = inverseDepth;
        _blurPx = blurPx;
        _labelCoverage = labelCoverage;
    }

    /// <summary>Fills the tile with the sky, which is infinitely far.</summary>
    public void Clear(float sky)
    {
        for (int row = 0; row < PixelRays.TileHeight; row++)
        {
            int first = _tile.First + (row * _rays.Sensor.Width);
            _intensity.Slice(first, PixelRays.TileWidth).Fill(sky);
            _inverseDepth.Slice(first, PixelRays.TileWidth).Clear();
        }
    }

    /// <summary>Paints a surface over what is there.</summary>
    /// <param name="surface">The surface.</param>
    /// <param name="whole">Whether it covers every pixel of the tile and nothing was painted before it.</param>
    public void Paint(in ProjectedSurface surface, bool whole)
    {
        var brush = new Brush(surface, _tile, _blurPx);
        for (int row = 0; row < PixelRays.TileHeight; row++)
        {
            for (int column = 0; column < PixelRays.TileWidth; column += Vector256<float>.Count)
            {
                int pixel = _tile.First + (row * _rays.Sensor.Width) + column;
                Vector256<float> rx = Load(_rays.X, pixel), ry = Load(_rays.Y, pixel);
                if (whole)
                {
                    PaintWhole(surface, brush, pixel, rx, ry);
                }
                else
                {
                    PaintPartly(surface, brush, pixel, rx, ry);
                }
            }
        }
    }

    private void PaintWhole(in ProjectedSurface surface, in Brush brush, int pixel, Vector256<float> rx, Vector256<float> ry)
    {
        Vector256<float> inverseDepth = Linear(surface.InverseDepth, rx, ry);
        Store(_inverseDepth, pixel, inverseDepth);
        Store(_intensity, pixel, Colour(surface, brush, rx, ry, Vector256<float>.One / inverseDepth));
    }

    private void PaintPartly(in ProjectedSurface surface, in Brush brush, int pixel, Vector256<float> rx, Vector256<float> ry)
    {
        Vector256<float> coverage =
            Between(surface, brush, 0, rx, ry) * Between(surface, brush, 2, rx, ry);
        if (Vector256.LessThanOrEqualAll(coverage, Vector256<float>.Zero))
        {
            return;
        }

        Vector256<float> inverseDepth = Vector256.Min(
            Vector256.Max(Linear(surface.InverseDepth, rx, ry), Vector256.Create(surface.FarthestInverseDepth)), Vector256.Create(surface.NearestInverseDepth));
        Vector256<float> depth = Vector256<float>.One / inverseDepth;
        if (surface.Surface.Mask is { } mask)
        {
            Vector256<float> inside = Inside(mask, Linear(surface.U, rx, ry) * depth, Linear(surface.V, rx, ry) * depth);
            coverage *= Clamp01(Vector256.Create(0.5f) + (inside * brush.MaskSharpness));
        }

        Vector256<float> behind = Load(_intensity, pixel);
        Store(_intensity, pixel, behind + (coverage * (Colour(surface, brush, rx, ry, depth) - behind)));
        Vector256<float> touched = Vector256.GreaterThanOrEqual(coverage, Vector256.Create(_labelCoverage));
        Store(_inverseDepth, pixel, Vector256.ConditionalSelect(touched, inverseDepth, Load(_inverseDepth, pixel)));
    }

    /// <summary>The share of a pixel that lies between two opposite edges; exact also where the strip is thinner than the pixel.</summary>
    private static Vector256<float> Between(in ProjectedSurface surface, in Brush brush, int edge, Vector256<float> rx, Vector256<float> ry)
    {
        Vector256<float> both = Side(surface, brush, edge, rx, ry) + Side(surface, brush, edge + 1, rx, ry) - Vector256<float>.One;
        return Vector256.Max(both, Vector256<float>.Zero);
    }

    private static Vector256<float> Side(in ProjectedSurface surface, in Brush brush, int edge, Vector256<float> rx, Vector256<float> ry)
    {
        Vector256<float> distance = (rx * surface.EdgeA.GetElement(edge)) + (ry * surface.EdgeB.GetElement(edge)) + Vector256.Create(surface.EdgeC.GetElement(edge));
        return Clamp01(Vector256.Create(surface.CoverageOnEdge.GetElement(edge)) + (distance * brush.EdgeSharpness));
    }

    private static Vector256<float> Colour(in ProjectedSurface surface, in Brush brush, Vector256<float> rx, Vector256<float> ry, Vector256<float> depth)
    {
        Vector256<float> x = Linear(surface.TexelX, rx, ry) * depth, y = Linear(surface.TexelY, rx, ry) * depth;
        float[] texels = surface.Surface.Texture.Texels;
        Vector256<float> grey = Sample(texels, brush.Level, x, y);
        if (brush.LevelShare > 0f)
        {
            grey += brush.LevelShare * (Sample(texels, brush.Level + 1, x, y) - grey);
        }

        float dark = surface.Surface.Dark;
        return Vector256.Create(dark) + (grey * (surface.Surface.Bright - dark));
    }

    /// <summary>A level of a texture between its four nearest texels, wrapped around.</summary>
    private static Vector256<float> Sample(float[] texels, int level, Vector256<float> x, Vector256<float> y)
    {
        int side = SceneTexture.Side >> level;
        float scale = 1f / (1 << level);
        Vector256<float> half = Vector256.Create(0.5f);
        x = (x * scale) - half;
        y = (y * scale) - half;
        Vector256<float> floorX = Vector256.Floor(x), floorY = Vector256.Floor(y);
        Vector256<int> wrap = Vector256.Create(side - 1), offset = Vector256.Create(SceneTexture.Offset(level));
        Vector256<int> x0 = Vector256.ConvertToInt32(floorX) & wrap, y0 = Vector256.ConvertToInt32(floorY) & wrap;
        Vector256<int> x1 = (x0 + Vector256<int>.One) & wrap, y1 = (y0 + Vector256<int>.One) & wrap;
        Vector256<int> upper = offset + (y0 * side), lower = offset + (y1 * side);
        return Blend(texels, upper + x0, upper + x1, lower + x0, lower + x1, x - floorX, y - floorY);
    }

    /// <summary>Distance inside an outline at a place of its rectangle, in heights of it.</summary>
    private static Vector256<float> Inside(SilhouetteMask mask, Vector256<float> u, Vector256<float> v)
    {
        Vector256<float> x = Vector256.Clamp((u * SilhouetteMask.Columns) - Vector256.Create(0.5f), Vector256<float>.Zero, Vector256.Create(SilhouetteMask.Columns - 1.001f));
        Vector256<float> y = Vector256.Clamp((v * SilhouetteMask.Rows) - Vector256.Create(0.5f), Vector256<float>.Zero, Vector256.Create(SilhouetteMask.Rows - 1.001f));
        Vector256<float> floorX = Vector256.Floor(x), floorY = Vector256.Floor(y);
        Vector256<int> upper = (Vector256.ConvertToInt32(floorY) * SilhouetteMask.Columns) + Vector256.ConvertToInt32(floorX);
        Vector256<int> lower = upper + Vector256.Create(SilhouetteMask.Columns), one = Vector256<int>.One;
        return Blend(mask.Distances, upper, upper + one, lower, lower + one, x - floorX, y - floorY);
    }

    private static Vector256<float> Blend(
        float[] table, Vector256<int> i00, Vector256<int> i10, Vector256<int> i01, Vector256<int> i11, Vector256<float> shareX, Vector256<float> shareY)
    {
        Vector256<float> left = Gather(table, i00), right = Gather(table, i10);
        Vector256<float> upper = left + (shareX * (right - left));
        left = Gather(table, i01);
        right = Gather(table, i11);
        Vector256<float> lower = left + (shareX * (right - left));
        return upper + (shareY * (lower - upper));
    }

    /// <summary>Eight table entries. The indices are masked or clamped by the callers, so they lie inside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<float> Gather(float[] table, Vector256<int> indices)
    {
        if (Avx2.IsSupported)
        {
            fixed (float* start = table)
            {
                return Avx2.GatherVector256(start, indices, sizeof(float));
            }
        }

        return Vector256.Create(
            table[indices[0]], table[indices[1]], table[indices[2]], table[indices[3]],
            table[indices[4]], table[indices[5]], table[indices[6]], table[indices[7]]);
    }

    private static Vector256<float> Linear(Vector3 function, Vector256<float> rx, Vector256<float> ry) =>
        (rx * function.X) + (ry * function.Y) + Vector256.Create(function.Z);

    private static Vector256<float> Clamp01(Vector256<float> value) => Vector256.Min(Vector256.Max(value, Vector256<float>.Zero), Vector256<float>.One);

    private static Vector256<float> Load(ReadOnlySpan<float> from, int index) =>
        Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(from), (nuint)index);

    private static void Store(Span<float> to, int index, Vector256<float> values) =>
        values.StoreUnsafe(ref MemoryMarshal.GetReference(to), (nuint)index);

    /// <summary>What all pixels of a tile share: the level of the texture and the steepness of outlines.</summary>
    private readonly struct Brush
    {
        public Brush(in ProjectedSurface surface, in PixelRays.Tile tile, float blurPx)
        {
            EdgeSharpness = 1f / (blurPx * tile.Pitch);
            float inverseDepth = Math.Clamp(At(surface.InverseDepth, tile.Middle), surface.FarthestInverseDepth, surface.NearestInverseDepth);
            float footprint = MathF.Sqrt(0.5f * (Squared(surface.TexelX, surface, tile, inverseDepth) + Squared(surface.TexelY, surface, tile, inverseDepth)));
            float level = Math.Clamp(MathF.Log2(Math.Max(footprint * blurPx, 1e-6f)), 0f, SceneTexture.Levels - 1.001f);
            Level = (int)level;
            LevelShare = level - Level;
            if (surface.Surface.Mask is not null)
            {
                MaskSharpness = 1f / (blurPx * MathF.Sqrt(Squared(surface.V, surface, tile, inverseDepth)));
            }
        }

        /// <summary>Coverage by ray unit across an outline.</summary>
        public float EdgeSharpness { get; }

        /// <summary>Coverage by height of the mask across its outline.</summary>
        public float MaskSharpness { get; }

        public int Level { get; }

        public float LevelShare { get; }

        /// <summary>Squared change of numerator/(1/z) from one pixel to the next, over both directions.</summary>
        private static float Squared(Vector3 numerator, in ProjectedSurface surface, in PixelRays.Tile tile, float inverseDepth)
        {
            float place = At(numerator, tile.Middle) / inverseDepth;
            float across = (numerator.X - (place * surface.InverseDepth.X)) / inverseDepth;
            float down = (numerator.Y - (place * surface.InverseDepth.Y)) / inverseDepth;
            return ((across * across) + (down * down)) * tile.Pitch * tile.Pitch;
        }

        private static float At(Vector3 function, Vector2 ray) => (function.X * ray.X) + (function.Y * ray.Y) + function.Z;
    }
}
