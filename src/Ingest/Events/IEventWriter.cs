namespace StereoSpike.Ingest;

/// <summary>Writes one camera's events, piece by piece, in memory that does not grow with their number.</summary>
public interface IEventWriter
{
    /// <summary>Writes events.</summary>
    /// <param name="events">The next ones, in time order.</param>
    /// <exception cref="ArgumentException">An event cannot be written in the format without loss: its time goes back or is negative, or its pixel lies off the sensor.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    void Write(ReadOnlySpan<DvsEvent> events);

    /// <summary>Writes what is still held back. Nothing may be written after it.</summary>
    void Complete();
}
