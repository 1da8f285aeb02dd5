using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StereoSpike.Ingest;

/// <summary>Where each event falls in a window's tensor: what every encoder asks first, and the check that it falls inside. Four events at a time where the processor can.</summary>
/// <remarks>
/// What follows, adding to the tensor at those places, cannot be done by vectors: two of them may be one place. So encoders take events in pieces of <see cref="Piece"/>: places first, then additions.
/// </remarks>
internal static class EventPlaces
{
    /// <summary>Events an encoder takes at a time; its places stay in the first cache.</summary>
    public const int Piece = 256;

    private const int Lanes = 4;

    /// <summary>Finds the places of events.</summary>
    /// <param name="events">All events of the window's camera.</param>
    /// <param name="first">The first one wanted; messages count from the camera's first.</param>
    /// <param name="window">The window.</param>
    /// <param name="sensor">H and W.</param>
    /// <param name="offPlane">How far the OFF channel lies behind the ON channel; 0 where they share one.</param>
    /// <param name="places">Receives y·W + x, and for OFF <paramref name="offPlane"/> more; its length says how many events.</param>
    /// <param name="sinceUs">Receives µs since the window's start; as long, or empty.</param>
    /// <exception cref="ArgumentException">An event lies off the sensor or outside the window.</exception>
    public static void Find(ReadOnlySpan<DvsEvent> events, int first, TimeWindow window, SensorSize sensor, int offPlane, Span<int> places, Span<long> sinceUs)
    {
        int done = Avx2.IsSupported ? FindFours(events.Slice(first, places.Length), window, sensor, offPlane, places, sinceUs) : 0;
        FindSingly(events, first, done, window, sensor, offPlane, places, sinceUs);
    }

    /// <summary>The scalar twin, from the event <paramref name="done"/> of the piece on; it also refuses what the vectors stopped at.</summary>
    /// <inheritdoc cref="Find"/>
    public static void FindSingly(ReadOnlySpan<DvsEvent> events, int first, int done, TimeWindow window, SensorSize sensor, int offPlane, Span<int> places, Span<long> sinceUs)
    {
        int width = sensor.Width, height = sensor.Height;
        long startUs = window.StartUs;
        ulong durationUs = (ulong)window.DurationUs;
        for (int i = done; i < places.Length; i++)
        {
            ref readonly DvsEvent e = ref events[first + i];

            // Unsigned, a time before the start is a huge one after it: one comparison checks both ends.
            if (e.X >= width || e.Y >= height || (ulong)(e.TimestampUs - startUs) >= durationUs)
            {
                EncoderDoor.ThrowOutside(first + i, e, window, sensor);
            }

            places[i] = EncoderDoor.Skip(e.Polarity, offPlane) + (e.Y * width) + e.X;
            if (!sinceUs.IsEmpty)
            {
                sinceUs[i] = e.TimestampUs - startUs;
            }
        }
    }

    /// <summary>Four events a step; stops before a step that holds one outside.</summary>
    /// <returns>How many were done.</returns>
    private static int FindFours(ReadOnlySpan<DvsEvent> events, TimeWindow window, SensorSize sensor, int offPlane, Span<int> places, Span<long> sinceUs)
    {
        ref long source = ref Unsafe.As<DvsEvent, long>(ref MemoryMarshal.GetReference(events));   // an event is two words: its time; x, y and polarity
        ref int target = ref MemoryMarshal.GetReference(places);
        ref long sinceTarget = ref MemoryMarshal.GetReference(sinceUs);
        bool dated = !sinceUs.IsEmpty;
        Vector256<long> coordinate = Vector256.Create(0xFFFFL), start = Vector256.Create(window.StartUs), last = Vector256.Create(window.DurationUs - 1);
        Vector256<long> lastX = Vector256.Create(sensor.Width - 1L), lastY = Vector256.Create(sensor.Height - 1L), off = Vector256.Create((long)offPlane);
        Vector256<uint> width = Vector256.Create((ulong)sensor.Width).AsUInt32();
        Vector256<int> evens = Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6);
        int i = 0;
        for (; i <= events.Length - Lanes; i += Lanes)
        {
            Vector256<long> early = Vector256.LoadUnsafe(ref source, (nuint)(2 * i)), late = Vector256.LoadUnsafe(ref source, (nuint)(2 * (i + 2)));

            // Unpacking works on halves, which leaves events 0, 2, 1, 3: the permutation puts them in order.
            Vector256<long> since = Avx2.Permute4x64(Avx2.UnpackLow(early, late), 0b11_01_10_00) - start;
            Vector256<long> fields = Avx2.Permute4x64(Avx2.UnpackHigh(early, late), 0b11_01_10_00);
            Vector256<long> x = fields & coordinate, y = (fields >>> 16) & coordinate;
            Vector256<long> outside = Vector256.GreaterThan(x, lastX) | Vector256.GreaterThan(y, lastY) | Vector256.GreaterThan(since, last) | Vector256.LessThan(since, Vector256<long>.Zero);
            if (outside != Vector256<long>.Zero)
            {
                break;
            }

            Vector256<long> skip = off & (((fields >>> 32) & Vector256.Create(0xFFL)) - Vector256<long>.One);   // polarity 0 gives all ones, 1 gives none
            Vector256<long> place = skip + x + Avx2.Multiply(y.AsUInt32(), width).AsInt64();
            Avx2.PermuteVar8x32(place.AsInt32(), evens).GetLower().StoreUnsafe(ref target, (nuint)i);
            if (dated)
            {
                since.StoreUnsafe(ref sinceTarget, (nuint)i);
            }
        }

        return i;
    }
}
