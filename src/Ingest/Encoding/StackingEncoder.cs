namespace StereoSpike.Ingest;

/// <summary>What a window's events are divided by before they are stacked.</summary>
public enum StackedBy
{
    /// <summary>Equal spans of time.</summary>
    Time,

    /// <summary>Equal numbers of events, for each camera from its own.</summary>
    Number,
}

/// <summary>Divides a window into equal parts, by time or by number of events, and sums the polarities of each: +1 for ON, −1 for OFF.</summary>
/// <remarks>
/// Channels are the B parts of the left camera, oldest first, then the B parts of the right. Every event is in one part, so a window's sum is its ON minus its OFF events.
/// <code>
/// by time    part = ⌊B (t − start) / (end − start)⌋
/// by number  part = ⌊B k / E⌋,   k = 0 … E − 1 the event's place among the camera's E
/// </code>
/// Source: Wang, Mostafavi, Ho, Yoon, "Event-based High Dynamic Range Image and Very High Frame Rate Video Generation using Conditional GANs", CVPR 2019 (arXiv:1811.08230): SBT and SBN.
/// They stretch the sums to grey values; here they stay sums.
/// Immutable: one encoder may serve several threads.
/// </remarks>
public sealed class StackingEncoder : IStereoEncoder
{
    /// <summary>Makes the encoder.</summary>
    /// <param name="by">What the window is divided by.</param>
    /// <param name="bins">B, parts a camera, 1 to <see cref="VoxelGridEncoder.MaximumBins"/>.</param>
    /// <param name="views">How many cameras it sees: 2, or 1 for the left alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public StackingEncoder(StackedBy by, int bins = 3, int views = 2)
    {
        By = by;
        Bins = Guard.Within(bins, 1, VoxelGridEncoder.MaximumBins, nameof(bins));
        Views = Guard.Within(views, 1, 2, nameof(views));
    }

    /// <summary>What the window is divided by.</summary>
    public StackedBy By { get; }

    /// <summary>B, parts a camera.</summary>
    public int Bins { get; }

    /// <summary>How many cameras it sees: 1 (the left) or 2.</summary>
    public int Views { get; }

    /// <inheritdoc/>
    public string Name => $"stack-{(By == StackedBy.Time ? "time" : "number")}:bins={Bins}{(Views == 2 ? "" : ",views=1")}";

    /// <inheritdoc/>
    public int Channels => Views * Bins;

    /// <inheritdoc/>
    public void Encode(in StereoWindow window, Span<float> destination)
    {
        EncoderDoor.Clear(destination, Channels, window.Sensor);
        int stack = Bins * window.Sensor.Pixels;
        for (int view = 0; view < Views; view++)
        {
            ReadOnlySpan<DvsEvent> events = window.Events((Camera)view).Span;
            Span<float> sums = destination.Slice(view * stack, stack);
            for (int part = 0, first = 0; part < Bins; part++)
            {
                int end = By == StackedBy.Number ? FirstOf(part + 1, events.Length) : FirstAt(events, first, StartUs(part + 1, window.Window));
                Sum(events, first, end, window, sums.Slice(part * window.Sensor.Pixels, window.Sensor.Pixels));
                first = end;
            }
        }
    }

    /// <summary>The first event of a part by number: the smallest k with ⌊B k / E⌋ ≥ part.</summary>
    private int FirstOf(int part, int events) => (int)((((long)part * events) + Bins - 1) / Bins);

    /// <summary>The first microsecond of a part by time, likewise. Beyond 128 bits nothing overflows.</summary>
    private long StartUs(int part, TimeWindow window) => part == Bins ? long.MaxValue : window.StartUs + (long)((((Int128)part * window.DurationUs) + Bins - 1) / Bins);

    /// <summary>The first event from one on that is not before a time; events are in order. The last part takes all that is left, so that an event outside is seen and refused.</summary>
    private static int FirstAt(ReadOnlySpan<DvsEvent> events, int first, long timeUs)
    {
        int low = first, high = events.Length;
        if (timeUs == long.MaxValue)
        {
            return high;
        }

        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = events[middle].TimestampUs < timeUs ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static void Sum(ReadOnlySpan<DvsEvent> events, int start, int end, in StereoWindow window, Span<float> sums)
    {
        Span<int> places = stackalloc int[EventPlaces.Piece];
        for (int first = start; first < end; first += places.Length)
        {
            Span<int> piece = places[..Math.Min(places.Length, end - first)];
            EventPlaces.Find(events, first, window.Window, window.Sensor, offPlane: 0, piece, sinceUs: default);
            for (int i = 0; i < piece.Length; i++)
            {
                sums[piece[i]] += (2 * (int)events[first + i].Polarity) - 1;
            }
        }
    }
}
