namespace StereoSpike.Ingest;

/// <summary>Turns a window of events into the network's input tensor, in one pass and without allocating.</summary>
public interface IStereoEncoder
{
    /// <summary>Name in settings, weights files and on the command line, such as <c>histogram</c>.</summary>
    string Name { get; }

    /// <summary>C of the tensor it makes.</summary>
    int Channels { get; }

    /// <summary>Encodes one window.</summary>
    /// <param name="window">Rectified events of both cameras; all lie on the sensor and inside the window.</param>
    /// <param name="destination">Receives the tensor, shape [C,H,W]; overwritten whole.</param>
    /// <exception cref="ArgumentException">The destination has another size, or an event lies off the sensor or outside the window.</exception>
    void Encode(in StereoWindow window, Span<float> destination);
}
