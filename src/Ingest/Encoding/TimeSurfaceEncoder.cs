using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StereoSpike.Ingest;

/// <summary>Shows how recently each pixel reported: near 1 for an event at the window's end, decaying with age, 0 where nothing happened.</summary>
/// <remarks>
/// Channels are L ON, L OFF, R ON, R OFF, or with one view the first two. Of several events of a pixel and polarity the newest counts.
/// <code>
/// S[p, y, x] = exp(−(t_end − t) / τ),   t the time of the newest event of polarity p at that pixel
/// </code>
/// Source: Lagorce et al., "HOTS: A Hierarchy of Event-Based Time-Surfaces for Pattern Recognition", TPAMI 2017.
/// They evaluate the surface at each event in a small neighbourhood; here it is the whole sensor's at the window's end, and it remembers nothing older than the window.
/// Immutable: one encoder may serve several threads.
/// </remarks>
public sealed class TimeSurfaceEncoder : IStereoEncoder
{
    /// <summary>Makes the encoder.</summary>
    /// <param name="tauMs">τ, the time after which a trace has fallen to 1/e, ms; 0.001 (one tick of the clock) to 1,000,000.</param>
    /// <param name="views">How many cameras it sees: 2, or 1 for the left alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">Either is outside its range.</exception>
    public TimeSurfaceEncoder(double tauMs = 20, int views = 2)
    {
        TauMs = Guard.Within(tauMs, 0.001, 1e6, nameof(tauMs));
        Views = Guard.Within(views, 1, 2, nameof(views));
    }

    /// <summary>τ, the time after which a trace has fallen to 1/e, ms.</summary>
    public double TauMs { get; }

    /// <summary>How many cameras it sees: 1 (the left) or 2.</summary>
    public int Views { get; }

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"time-surface:tau-ms={TauMs}{(Views == 2 ? "" : ",views=1")}");

    /// <inheritdoc/>
    public int Channels => 2 * Views;

    /// <inheritdoc/>
    public void Encode(in StereoWindow window, Span<float> destination)
    {
        EncoderDoor.Clear(destination, Channels, window.Sensor);
        int channelPair = 2 * window.Sensor.Pixels;
        for (int view = 0; view < Views; view++)
        {
            WriteAges(window.Events((Camera)view).Span, window.Window, window.Sensor, destination.Slice(view * channelPair, channelPair));
        }

        Decay(destination, (float)(-1 / (1e3 * TauMs)));
    }

    /// <summary>Writes t_end − t of each pixel's newest event, µs. It is at least 1 in a half-open window, so that 0 means "none".</summary>
    private static void WriteAges(ReadOnlySpan<DvsEvent> events, TimeWindow window, SensorSize sensor, Span<float> ages)
    {
        Span<int> places = stackalloc int[EventPlaces.Piece];
        Span<long> sinceUs = stackalloc long[EventPlaces.Piece];
        long durationUs = window.DurationUs;
        for (int first = 0; first < events.Length; first += places.Length)
        {
            Span<int> piece = places[..Math.Min(places.Length, events.Length - first)];
            EventPlaces.Find(events, first, window, sensor, sensor.Pixels, piece, sinceUs[..piece.Length]);
            for (int i = 0; i < piece.Length; i++)
            {
                ages[piece[i]] = durationUs - sinceUs[i];   // in time order, the last to write is the newest
            }
        }
    }

    /// <summary>Turns ages into traces in place, eight pixels at a time. Few pixels of a real window are active, so the search for them is what must be fast.</summary>
    /// <remarks>The pixels left over are put into a vector too: equal ages then give equal traces, wherever they lie, as a mirrored scene asks for.</remarks>
    internal static void Decay(Span<float> values, float minusPerUs)
    {
        int width = Vector256<float>.Count, i = 0;
        Span<float> rest = stackalloc float[width];
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);   // as integers the search is vectorised; +0 is 0
        while (i < values.Length)
        {
            int skipped = bits[i..].IndexOfAnyExcept(0);
            if (skipped < 0)
            {
                return;
            }

            i += skipped;
            if (i <= values.Length - width)
            {
                Decayed(Vector256.Create<float>(values[i..]), minusPerUs).CopyTo(values[i..]);
            }
            else
            {
                rest.Clear();
                values[i..].CopyTo(rest);
                Decayed(Vector256.Create<float>(rest), minusPerUs).CopyTo(rest);
                rest[..(values.Length - i)].CopyTo(values[i..]);
            }

            i += width;
        }
    }

    /// <summary>The scalar twin.</summary>
    internal static void DecaySingly(Span<float> values, float minusPerUs)
    {
        foreach (ref float value in values)
        {
            value = value == 0 ? 0 : MathF.Exp(value * minusPerUs);
        }
    }

    /// <summary>Where nothing happened, 0 stays.</summary>
    private static Vector256<float> Decayed(Vector256<float> ages, float minusPerUs) =>
        Vector256.Exp(ages * minusPerUs) & Vector256.GreaterThan(ages, Vector256<float>.Zero);
}
