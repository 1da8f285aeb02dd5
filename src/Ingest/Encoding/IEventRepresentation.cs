namespace StereoSpike.Ingest;

/// <summary>Turns a window of one camera's events into an array of numbers.</summary>
public interface IEventRepresentation
{
    /// <summary>Its name with all settings, such as <c>voxel:bins=5</c>.</summary>
    string Name { get; }

    /// <summary>Whether values may be negative.</summary>
    bool HasSigns { get; }

    /// <summary>The array's shape for a sensor, outermost axis first.</summary>
    int[] Shape(SensorSize sensor);

    /// <summary>What the array is drawn as: a picture for each title.</summary>
    IReadOnlyList<string> Titles { get; }

    /// <summary>Size of such a picture.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It would be larger than a picture can be.</exception>
    SensorSize PictureSize(SensorSize sensor);

    /// <summary>Lays an array out as its pictures.</summary>
    /// <param name="array">What <see cref="Represent"/> made.</param>
    /// <param name="sensor">The camera's size.</param>
    /// <returns>Shape [titles, rows, columns].</returns>
    float[] Pictures(float[] array, SensorSize sensor);

    /// <summary>Represents one window.</summary>
    /// <param name="events">In time order, on the sensor and in the window.</param>
    /// <param name="window">The window.</param>
    /// <param name="sensor">The camera's size.</param>
    /// <param name="destination">Receives the array, in the order of <see cref="Shape"/>; overwritten whole.</param>
    /// <exception cref="ArgumentException">The destination has another size, or an event lies off the sensor or outside the window.</exception>
    void Represent(ReadOnlyMemory<DvsEvent> events, TimeWindow window, SensorSize sensor, Span<float> destination);
}
