namespace StereoSpike.Ingest;

/// <summary>Counts events: one channel a camera and polarity. The input of StereoSpike.</summary>
/// <remarks>
/// Channels are L ON, L OFF, R ON, R OFF, or with one view the first two. The counts are not normalised or clipped;
/// a float holds them exactly up to 16,777,216 events a pixel and polarity.
/// Immutable: one encoder may serve several threads.
/// Source: Rançon et al., "StereoSpike: Depth Learning with a Spiking Neural Network", 2021 (arXiv:2109.13751).
/// </remarks>
public sealed class PolarityHistogramEncoder : ICountEncoder
{
    /// <summary>Makes the encoder.</summary>
    /// <param name="views">How many cameras it sees: 2, or 1 for the left alone.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="views"/> is neither 1 nor 2.</exception>
    public PolarityHistogramEncoder(int views = 2) => Views = Guard.Within(views, 1, 2, nameof(views));

    /// <summary>How many cameras it sees: 1 (the left) or 2.</summary>
    public int Views { get; }

    /// <inheritdoc/>
    public string Name => Views == 2 ? "histogram" : "histogram:views=1";

    /// <inheritdoc/>
    public int Channels => 2 * Views;

    /// <inheritdoc/>
    public void Encode(in StereoWindow window, Span<float> destination)
    {
        EncoderDoor.Clear(destination, Channels, window.Sensor);
        int channelPair = 2 * window.Sensor.Pixels;
        for (int view = 0; view < Views; view++)
        {
            Accumulate(window.Events((Camera)view).Span, window.Window, window.Sensor, destination.Slice(view * channelPair, channelPair));
        }
    }

    /// <inheritdoc/>
    public void EncodeCounts(SpikeFrame counts, Span<float> destination)
    {
        EncoderDoor.Check(counts, Channels, destination);
        counts.Values.AsSpan(0, destination.Length).CopyTo(destination);
    }

    /// <summary>Adds one camera's events to its two channels.</summary>
    /// <param name="events">Shape [E]; each on the sensor and in the window.</param>
    /// <param name="window">The window.</param>
    /// <param name="sensor">H and W.</param>
    /// <param name="counts">Added to, not cleared. Shape [2,H,W]: ON, OFF.</param>
    /// <exception cref="ArgumentException">An event lies off the sensor or outside the window.</exception>
    internal static void Accumulate(ReadOnlySpan<DvsEvent> events, TimeWindow window, SensorSize sensor, Span<float> counts)
    {
        Span<int> places = stackalloc int[EventPlaces.Piece];
        for (int first = 0; first < events.Length; first += places.Length)
        {
            Span<int> piece = places[..Math.Min(places.Length, events.Length - first)];
            EventPlaces.Find(events, first, window, sensor, sensor.Pixels, piece, sinceUs: default);
            foreach (int place in piece)
            {
                counts[place]++;
            }
        }
    }
}
