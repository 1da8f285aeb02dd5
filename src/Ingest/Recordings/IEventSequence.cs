namespace StereoSpike.Ingest;

/// <summary>One camera's events in time order, in memory or on disk: read by index, found by time, never loaded whole.</summary>
/// <remarks>Implementations may be called from one thread at a time.</remarks>
public interface IEventSequence
{
    /// <summary>The camera's size; every event lies on it.</summary>
    SensorSize Sensor { get; }

    /// <summary>Number of events, E.</summary>
    long Count { get; }

    /// <summary>Copies consecutive events, in the camera's own (raw) pixels, timed in µs since the recording's origin.</summary>
    /// <param name="first">Index of the first event wanted, 0-based.</param>
    /// <param name="destination">Receives events [first, first + length).</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves [0, <see cref="Count"/>).</exception>
    /// <exception cref="InvalidDataException">An event is off the sensor, out of order or not a number; the message names file, dataset and record.</exception>
    void Read(long first, Span<DvsEvent> destination);

    /// <summary>Index of the first event at or after a time; <see cref="Count"/> if there is none. A search, not a scan.</summary>
    /// <param name="timestampUs">µs since the recording's origin.</param>
    long LowerBound(long timestampUs);
}
