namespace StereoSpike.Ingest;

/// <summary>One camera's events read from beginning to end, from a file or a pipe, in memory that does not grow with their number.</summary>
/// <remarks>From one thread at a time.</remarks>
public interface IEventReader : IDisposable
{
    /// <summary>What messages call it: the file's path.</summary>
    string Name { get; }

    /// <summary>What kind of file it is.</summary>
    EventFormat Format { get; }

    /// <summary>The camera's size; every event read lies on it.</summary>
    SensorSize Sensor { get; }

    /// <summary>Reads the next events, as the file has them: in its order and on its clock, µs.</summary>
    /// <param name="destination">Receives them; has room for at least 64.</param>
    /// <returns>How many were read; 0 only at the end.</returns>
    /// <exception cref="InvalidDataException">The file is damaged; the message names file, place and remedy.</exception>
    int Read(Span<DvsEvent> destination);

    /// <summary>How far it is, 0..1; 0 where the length is unknown.</summary>
    double Progress { get; }

    /// <summary>Events that the file has and that were not handed out so far, by reason, such as <c>off_sensor</c>.</summary>
    IReadOnlyDictionary<string, long> Dropped { get; }
}
