namespace StereoSpike.Training;

/// <summary>Seeds that depend on what is drawn, never on when: any order of work, number of workers or resumed run draws the same.</summary>
internal static class SampleSeed
{
    /// <summary>Mixes the run's seed, the epoch and an index; the same in every process.</summary>
    /// <remarks>The finaliser of splitmix64: Steele, Lea and Flood, OOPSLA 2014.</remarks>
    public static int Mix(int seed, int epoch, int index)
    {
        ulong x = ((ulong)(uint)seed << 32) ^ ((ulong)(uint)epoch * 0x9E3779B97F4A7C15UL) ^ (uint)index;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return (int)((x ^ (x >> 31)) & int.MaxValue);
    }
}
