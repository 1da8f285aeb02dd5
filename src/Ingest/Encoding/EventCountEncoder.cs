namespace StereoSpike.Ingest;

/// <summary>Counts events, polarities together: one channel a camera, the event count image.</summary>
/// <remarks>
/// Channels are L, R, or with one view L. A float counts exactly up to 16,777,216 events a pixel.
/// Source: Maqueda et al., "Event-based Vision meets Deep Learning on Steering Prediction for Self-driving Cars", CVPR 2018 (arXiv:1804.01310), who keep the polarities apart as the polarity histogram does.
/// Immutable: one encoder may serve several threads.
/// </remarks>
public sealed class EventCountEncoder : ICountEncoder
{
    /// <summary>Makes the encoder.</summary>
    /// <param name="views">How many cameras it sees: 2, or 1 for the left alone.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="views"/> is neither 1 nor 2.</exception>
    public EventCountEncoder(int views = 2) => Views = Guard.Within(views, 1, 2, nameof(views));

    /// <summary>How many cameras it sees: 1 (the left) or 2.</summary>
    public int Views { get; }

    /// <inheritdoc/>
    public string Name => Views == 2 ? "count" : "count:views=1";

    /// <inheritdoc/>
    public int Channels => Views;

    /// <inheritdoc/>
    public void Encode(in StereoWindow window, Span<float> destination)
    {
        EncoderDoor.Clear(destination, Channels, window.Sensor);
        int plane = window.Sensor.Pixels;
        Span<int> places = stackalloc int[EventPlaces.Piece];
        for (int view = 0; view < Views; view++)
        {
            ReadOnlySpan<DvsEvent> events = window.Events((Camera)view).Span;
            Span<float> counts = destination.Slice(view * plane, plane);
            for (int first = 0; first < events.Length; first += places.Length)
            {
                Span<int> piece = places[..Math.Min(places.Length, events.Length - first)];
                EventPlaces.Find(events, first, window.Window, window.Sensor, offPlane: 0, piece, sinceUs: default);
                foreach (int place in piece)
                {
                    counts[place]++;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void EncodeCounts(SpikeFrame counts, Span<float> destination)
    {
        EncoderDoor.Check(counts, Channels, destination);
        int plane = counts.Sensor.Pixels;
        for (int view = 0; view < Views; view++)
        {
            ReadOnlySpan<float> on = counts.Channel(2 * view), off = counts.Channel((2 * view) + 1);
            Span<float> both = destination.Slice(view * plane, plane);
            for (int i = 0; i < both.Length; i++)
            {
                both[i] = on[i] + off[i];
            }
        }
    }
}
