namespace StereoSpike.Ingest;

/// <summary>A square grey picture that tiles, with its halved copies down to one texel, so that far surfaces do not flicker.</summary>
public sealed class SceneTexture
{
    /// <summary>Side of the full picture, texels; a power of two.</summary>
    public const int Side = 256;

    /// <summary>Number of pictures: the full one and each half of it.</summary>
    public const int Levels = 9;

    /// <summary>Makes a texture from a picture.</summary>
    /// <param name="picture">Shape [<see cref="Side"/>, <see cref="Side"/>], rows before columns, 0 dark to 1 bright; copied.</param>
    /// <exception cref="ArgumentException">It has another size.</exception>
    public SceneTexture(ReadOnlySpan<float> picture)
    {
        Guard.Length(picture.Length, Side * Side, nameof(picture));
        Texels = new float[Offset(Levels)];
        picture.CopyTo(Texels);
        for (int level = 1; level < Levels; level++)
        {
            Halve(Texels.AsSpan(Offset(level - 1), Offset(level) - Offset(level - 1)), Texels.AsSpan(Offset(level)), Side >> level);
        }
    }

    /// <summary>All levels one after another, each [side, side].</summary>
    internal float[] Texels { get; }

    /// <summary>Where a level starts in <see cref="Texels"/>: the sum of the squares of all larger sides.</summary>
    internal static int Offset(int level) => ((4 * Side * Side) - (4 * (Side >> level) * (Side >> level))) / 3;

    private static void Halve(ReadOnlySpan<float> from, Span<float> to, int side)
    {
        for (int y = 0; y < side; y++)
        {
            ReadOnlySpan<float> upper = from.Slice(4 * y * side, 2 * side), lower = from.Slice((4 * y * side) + (2 * side), 2 * side);
            for (int x = 0; x < side; x++)
            {
                to[(y * side) + x] = 0.25f * (upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1]);
            }
        }
    }
}
