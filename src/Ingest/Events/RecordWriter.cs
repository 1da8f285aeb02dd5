using System.Runtime.InteropServices;

namespace StereoSpike.Ingest;

/// <summary>What the writers of records share: the check of each event and a buffer of words.</summary>
/// <typeparam name="T">The format's word, little-endian.</typeparam>
internal sealed class RecordWriter<T>(Stream stream, SensorSize sensor, string format, int largestSide)
    where T : unmanaged
{
    private const int Words = 1 << 15;
    private readonly T[] _words = new T[Words];
    private int _count;
    private long _previousUs;

    /// <summary>Checks that an event can be written: on the sensor and the format's coordinates, its time not negative and not before the last.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public void Check(in DvsEvent e)
    {
        if (e.TimestampUs < _previousUs || !sensor.Contains(e.X, e.Y) || Math.Max(e.X, e.Y) >= largestSide)
        {
            throw new ArgumentException(
                $"The event at x = {e.X}, y = {e.Y}, t = {e.TimestampUs} µs cannot be written as {format}: it must lie on the {sensor} sensor and below {largestSide}, and come no earlier than the last one ({_previousUs} µs; the first no earlier than 0).");
        }

        _previousUs = e.TimestampUs;
    }

    /// <summary>Adds a word.</summary>
    public void Add(T word)
    {
        if (_count == Words)
        {
            Flush();
        }

        _words[_count++] = word;
    }

    /// <summary>Writes the words that are held back.</summary>
    public void Flush()
    {
        stream.Write(MemoryMarshal.AsBytes(_words.AsSpan(0, _count)));
        _count = 0;
    }
}
