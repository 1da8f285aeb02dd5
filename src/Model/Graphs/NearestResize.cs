namespace StereoSpike.Model;

/// <summary>Which source pixel a pixel of a nearest-neighbour resize repeats.</summary>
public static class NearestResize
{
    /// <summary>Source index along one axis: ⌊i·in/out⌋, in whole numbers.</summary>
    /// <param name="target">i, 0 to <paramref name="targetSide"/> − 1.</param>
    /// <param name="sourceSide">in, px.</param>
    /// <param name="targetSide">out, px.</param>
    /// <remarks>PyTorch works i·(in/out) out in float32; a test holds the two equal for every layer of every sensor here.</remarks>
    public static int Source(int target, int sourceSide, int targetSide) => (int)((long)target * sourceSide / targetSide);

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
