namespace StereoSpike.Ingest;

/// <summary>Unrolls a clock of few bits: a drop by half its range or more is a wrap, a smaller one a glitch that is left as it is.</summary>
/// <remarks>Were every drop a wrap, one glitch of a 24-bit clock would add 16.8 s to all that follows (OpenEB counts as here).</remarks>
internal struct WrappingClock(int bits)
{
    private long _wraps;
    private long _last = long.MinValue / 2;

    /// <summary>What its wraps add up to, and the last value with them.</summary>
    public (long Wraps, long Last) State
    {
        readonly get => (_wraps, _last);
        set => (_wraps, _last) = value;
    }

    /// <summary>Takes the clock's next value.</summary>
    /// <returns>The value with what its wraps add up to.</returns>
    public long Advance(long value)
    {
        long range = 1L << bits;
        if (value + _wraps <= _last - (range / 2))
        {
            _wraps += range;
        }

        return _last = value + _wraps;
    }
}
