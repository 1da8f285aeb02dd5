namespace StereoSpike.Ingest;

/// <summary>How a clock of few bits is moved on by a writer so that no reader misses one of its wraps.</summary>
internal static class ClockSteps
{
    /// <summary>The clock's next value on the way to a target: the target itself, unless a whole wrap could hide in the step.</summary>
    /// <param name="last">The value written last, unwrapped; −1 before the first, which is 0 where the target is far.</param>
    /// <param name="target">The value to reach, unwrapped; greater than <paramref name="last"/>.</param>
    /// <param name="bits">Bits that are written of it.</param>
    /// <remarks>Steps of a quarter of the range: a wrap then drops by at least half of it, which tells it from a glitch.</remarks>
    public static long Next(long last, long target, int bits)
    {
        long quarter = 1L << (bits - 2);
        return target < quarter || target - last <= quarter ? target : Math.Max(last, 0) + (last < 0 ? 0 : quarter);
    }
}
