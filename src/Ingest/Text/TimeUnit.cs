namespace StereoSpike.Ingest;

/// <summary>What a file counts its timestamps in.</summary>
public enum TimeUnit
{
    /// <summary>1 µs, the library's own.</summary>
    Microseconds,

    /// <summary>1 ns, rounded to the nearest µs.</summary>
    Nanoseconds,

    /// <summary>1 ms, with a fraction.</summary>
    Milliseconds,

    /// <summary>1 s, with a fraction; digits beyond the sixth are rounded.</summary>
    Seconds,
}
