namespace StereoSpike.Model;

/// <summary>Which source pixel a pixel of a nearest-neighbour resize repeats.</summary>
public static class NearestResize
{
    /// <summary>Source index along one axis: min(⌊i·(in/out)⌋, in − 1), the quotient and the product rounded to float32 as PyTorch rounds them.</summary>
    /// <param name="target">i, 0 to <paramref name="targetSide"/> − 1.</param>
    /// <param name="sourceSide">in, px.</param>
    /// <param name="targetSide">out, px.</param>
    /// <remarks>Whole numbers, ⌊i·in/out⌋, agree for nearly all sides, but not where i·in/out is whole and its float falls short: 26 made 22 takes source 12 at i = 11, not 13,
    /// and one head in 60 sensor sizes has such a column. A test holds every size to PyTorch's own resize.</remarks>
    public static int Source(int target, int sourceSide, int targetSide) => Math.Min((int)MathF.Floor(target * ((float)sourceSide / targetSide)), sourceSide - 1);

    /// <summary>The source index of every target index along one axis.</summary>
    public static int[] Sources(int sourceSide, int targetSide)
    {
        var sources = new int[targetSide];
        for (int i = 0; i < targetSide; i++)
        {
            sources[i] = Source(i, sourceSide, targetSide);
        }

        return sources;
    }
}
