namespace StereoSpike.Ingest;

/// <summary>What became of a camera's events.</summary>
/// <param name="Read">Events read from the recording.</param>
/// <param name="Dropped">Those of them that rectification moved off the sensor.</param>
public readonly record struct EventTally(long Read, long Dropped)
{
    /// <summary>Events that remained.</summary>
    public long Kept => Read - Dropped;

    /// <summary>Share of the events read that were dropped, 0..1; 0 where none was read.</summary>
    public double DroppedShare => Read == 0 ? 0 : (double)Dropped / Read;
}
