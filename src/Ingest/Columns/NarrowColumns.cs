using System.Runtime.InteropServices;

namespace StereoSpike.Ingest;

/// <summary>Columns of exactly DSEC's types (x and y uint16, t uint32, p uint8), joined into events without being widened first.</summary>
/// <param name="xs">Columns of pixels, px.</param>
/// <param name="ys">Rows of pixels, px.</param>
/// <param name="times">Times, µs.</param>
/// <param name="polarities">0 or 1.</param>
internal sealed class NarrowColumns(Hdf5Rows<ushort> xs, Hdf5Rows<ushort> ys, Hdf5Rows<uint> times, Hdf5Rows<byte> polarities)
{
    /// <summary>The rows of four columns, in the order x, y, t, p, where they are of these types; else null.</summary>
    public static NarrowColumns? Of(Hdf5Column[] columns) =>
        columns[0].Rows<ushort>() is { } xs && columns[1].Rows<ushort>() is { } ys && columns[2].Rows<uint>() is { } times && columns[3].Rows<byte>() is { } polarities
            ? new NarrowColumns(xs, ys, times, polarities)
            : null;

    /// <summary>Reads events, all of them or none that counts.</summary>
    /// <param name="first">The first row, 0-based; as many as there are events must exist.</param>
    /// <param name="events">Receives the events; of no use where the answer is false.</param>
    /// <param name="sensor">Where events may lie.</param>
    /// <param name="previousUs">Time of the event before these, µs.</param>
    /// <returns>Whether each lies on the sensor, none is earlier than the one before it, and each polarity is 0 or 1.</returns>
    /// <exception cref="InvalidDataException">The file is damaged there.</exception>
    public bool TryRead(long first, Span<DvsEvent> events, SensorSize sensor, long previousUs)
    {
        for (int done = 0; done < events.Length;)
        {
            ReadOnlySpan<ushort> x = xs.At(first + done, events.Length - done), y = ys.At(first + done, x.Length);
            ReadOnlySpan<uint> t = times.At(first + done, y.Length);
            ReadOnlySpan<byte> p = polarities.At(first + done, t.Length);   // each at most as long as the one before
            if (!TryJoin(x[..p.Length], y[..p.Length], t[..p.Length], p, events.Slice(done, p.Length), sensor, previousUs))
            {
                return false;
            }

            done += p.Length;
            previousUs = t[p.Length - 1];
        }

        return true;
    }

    private static bool TryJoin(ReadOnlySpan<ushort> xs, ReadOnlySpan<ushort> ys, ReadOnlySpan<uint> times, ReadOnlySpan<byte> polarities, Span<DvsEvent> events, SensorSize sensor, long previousUs)
    {
        // An event is two words: its time, and x, y and p from the lowest bits up.
        Span<long> words = MemoryMarshal.Cast<DvsEvent, long>(events);
        int width = sensor.Width, height = sensor.Height;
        long wrong = 0;   // its sign: whether any difference that must not be negative was
        for (int i = 0; i < xs.Length && (2 * i) + 1 < words.Length && i < ys.Length && i < times.Length && i < polarities.Length; i++)
        {
            long x = xs[i], y = ys[i], t = times[i], p = polarities[i];
            wrong |= (width - 1 - x) | (height - 1 - y) | (t - previousUs) | (1 - p);
            words[2 * i] = t;
            words[(2 * i) + 1] = x | (y << 16) | (p << 32);
            previousUs = t;
        }

        return wrong >= 0;
    }
}
