using System.Buffers.Binary;
using System.Runtime.InteropServices;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>An index of a RAW or DAT file, kept beside it: about every 65,536 events the place in the file and what the decoder knows there, so that a time is found without decoding what lies before it.</summary>
/// <remarks>
/// <c>FILE.index</c>, little-endian: <c>SSINDEX1</c>; the file's length in bytes and its time of change (100 ns since year 1); format, width, height, number of events, number of entries; then for each entry byte,
/// events before it, latest time before it (µs) and six words of the decoder's state; last a checksum (FNV-1a, 64 bits) of all before. One that belongs to another state of the file is refused.
/// </remarks>
internal sealed class EventIndex
{
    /// <summary>Events between two entries, about: as many as are decoded in a fraction of a millisecond.</summary>
    public const int EventsApart = 1 << 16;

    private const int HeadWords = 7, EntryWords = 3 + DecoderState.Words;
    private const int MostEventsPerByte = 6;   // EVT 3.0: twelve events in two bytes
    private const long MostBytes = 1L << 30;

    private EventIndex(EventFormat format, SensorSize sensor, long count, Entry[] entries)
    {
        (Format, Sensor, Count, Entries) = (format, sensor, count, entries);
    }

    public EventFormat Format { get; }

    public SensorSize Sensor { get; }

    /// <summary>Number of events.</summary>
    public long Count { get; }

    /// <summary>Where decoding can begin, in order; the first is the file's first event.</summary>
    public Entry[] Entries { get; }

    private static ReadOnlySpan<byte> Magic => "SSINDEX1"u8;

    /// <summary>Where the index of a file lies.</summary>
    public static string PathOf(string path) => path + ".index";

    /// <summary>Goes through a file once.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or its times go back: a search needs their order.</exception>
    public static EventIndex Build(string path, EventFormat format, SensorSize sensor, int head, IResumableDecoder decoder, IWorkProgress? progress = null)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        stream.Position = head;
        var bytes = new byte[256 << 10];
        var events = new DvsEvent[1 << 14];
        var entries = new List<Entry> { new(head, 0, long.MinValue, decoder.Save()) };
        long at = head, count = 0, latestUs = long.MinValue;
        int held = 0;
        while (true)
        {
            int got = stream.Read(bytes, held, bytes.Length - held), end = held + got;
            if (got == 0)
            {
                return new EventIndex(format, sensor, count, [.. entries]);
            }

            int start = 0;
            while (true)
            {
                if (count - entries[^1].EventsBefore >= EventsApart)
                {
                    entries.Add(new Entry(at, count, latestUs, decoder.Save()));
                }

                int whole = (end - start) / decoder.RecordBytes * decoder.RecordBytes;
                (int taken, int written) = decoder.Decode(bytes.AsSpan(start, whole), events);
                foreach (ref readonly DvsEvent e in events.AsSpan(0, written))
                {
                    latestUs = e.TimestampUs >= latestUs ? e.TimestampUs : throw BadFile.Error(
                        path, $"event {count}", $"lies {latestUs - e.TimestampUs} µs before one above it, so that times cannot be searched", "Write it in the order of time first: stereospike convert with --sort.");
                    count++;
                }

                (start, at) = (start + taken, at + taken);
                if (taken == 0)
                {
                    break;
                }
            }

            bytes.AsSpan(start, end - start).CopyTo(bytes);
            held = end - start;
            progress?.Report(at, stream.Length);
        }
    }

    /// <summary>Reads the index of a file.</summary>
    /// <returns>The index; null if there is none.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or of another state of the file.</exception>
    public static EventIndex? Read(string path)
    {
        string index = PathOf(path);
        if (!File.Exists(index))
        {
            return null;
        }

        if (new FileInfo(index).Length > MostBytes)
        {
            throw BadFile.Error(index, "", $"is larger than {MostBytes >> 20} MiB", Remedy(path));
        }

        byte[] bytes = File.ReadAllBytes(index);
        ReadOnlySpan<long> words = MemoryMarshal.Cast<byte, long>(bytes.AsSpan(0, bytes.Length / 8 * 8));
        if (bytes.Length % 8 != 0 || words.Length < 2 + HeadWords || !bytes.AsSpan().StartsWith(Magic) || words[^1] != Checksum(bytes.AsSpan(0, bytes.Length - 8)))
        {
            throw BadFile.Error(index, "", "is damaged", Remedy(path));
        }

        (long length, long changed) = Stamp(path);
        if (words[1] != length || words[2] != changed)
        {
            throw BadFile.Error(index, "", $"was made of another state of {path}", Remedy(path));
        }

        ReadOnlySpan<long> entries = words[(1 + HeadWords)..^1];
        var read = new Entry[entries.Length / EntryWords];
        for (int i = 0; i < read.Length; i++)
        {
            ReadOnlySpan<long> entry = entries.Slice(i * EntryWords, EntryWords);
            read[i] = new Entry(entry[0], entry[1], entry[2], DecoderState.From(entry[3..]));
        }

        return Sound(words, entries.Length, read, length) ? new EventIndex((EventFormat)words[3], new SensorSize((int)words[4], (int)words[5]), words[6], read) : throw BadFile.Error(index, "", "contradicts itself", Remedy(path));
    }

    /// <summary>Writes the index beside its file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path)
    {
        (long length, long changed) = Stamp(path);
        var words = new List<long> { BinaryPrimitives.ReadInt64LittleEndian(Magic), length, changed, (long)Format, Sensor.Width, Sensor.Height, Count, Entries.Length };
        foreach (Entry entry in Entries)
        {
            words.AddRange([entry.Byte, entry.EventsBefore, entry.LatestUs]);
            entry.State.AddTo(words);
        }

        byte[] bytes = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(words)).ToArray();
        WholeFile.Write(PathOf(path), stream =>
        {
            stream.Write(bytes);
            stream.Write(BitConverter.GetBytes(Checksum(bytes)));
        });
    }

    /// <summary>Whether what a file says can be true: its checksum tells chance from intent, not the reverse.</summary>
    private static bool Sound(ReadOnlySpan<long> words, int entryWords, Entry[] entries, long fileLength)
    {
        bool sound = words[3] is (long)EventFormat.Evt2 or (long)EventFormat.Evt21 or (long)EventFormat.Evt3 or (long)EventFormat.Dat
            && words[4] is >= 1 and <= SensorSize.MaximumSide && words[5] is >= 1 and <= SensorSize.MaximumSide
            && words[7] == entries.Length && entryWords == entries.Length * EntryWords && entries.Length > 0 && entries[0].EventsBefore == 0 && entries[0].Byte >= 0;
        for (int i = 0; i < entries.Length && sound; i++)
        {
            (long nextByte, long nextEvents, long nextUs) = i + 1 < entries.Length ? (entries[i + 1].Byte, entries[i + 1].EventsBefore, entries[i + 1].LatestUs) : (fileLength, words[6], long.MaxValue);
            long bytes = nextByte - entries[i].Byte, events = nextEvents - entries[i].EventsBefore;
            sound = bytes >= 0 && events >= 0 && events <= bytes * MostEventsPerByte && nextUs >= entries[i].LatestUs;
        }

        return sound;
    }

    private static string Remedy(string path) => $"Make it again (stereospike index {path}), or delete it.";

    private static (long Length, long Changed) Stamp(string path)
    {
        var file = new FileInfo(path);
        return (file.Length, file.LastWriteTimeUtc.Ticks);
    }

    private static long Checksum(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (byte b in bytes)
        {
            hash = unchecked((hash ^ b) * 0x100_0000_01B3);
        }

        return unchecked((long)hash);
    }

    /// <summary>A place where decoding can begin.</summary>
    /// <param name="Byte">Where in the file.</param>
    /// <param name="EventsBefore">How many events lie before it.</param>
    /// <param name="LatestUs">Time of the last of them; far in the past for none.</param>
    /// <param name="State">What the decoder knows there.</param>
    public readonly record struct Entry(long Byte, long EventsBefore, long LatestUs, DecoderState State);
}
