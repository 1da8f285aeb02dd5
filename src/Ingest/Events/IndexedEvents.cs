using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>The events of a RAW (EVT 2.0, 2.1, 3.0) or DAT file by index and by time, through the index beside it: a search decodes at most two stretches of about 65,536 events.</summary>
public sealed class IndexedEvents : IEventSequence, IDisposable
{
    private readonly string _path;
    private readonly EventIndex _index;
    private readonly IResumableDecoder _decoder;
    private readonly MappedFile _file;
    private DvsEvent[] _stretch = [];   // the events of the stretch decoded last
    private int _loaded = -1;
    private int _length;

    private IndexedEvents(string path, EventIndex index, IResumableDecoder decoder)
    {
        (_path, _index, _decoder) = (path, index, decoder);
        _file = new MappedFile(path);
    }

    /// <inheritdoc/>
    public SensorSize Sensor => _index.Sensor;

    /// <inheritdoc/>
    public long Count => _index.Count;

    /// <summary>What kind of file it is.</summary>
    public EventFormat Format => _index.Format;

    /// <summary>Whether a file has an index beside it.</summary>
    public static bool HasIndex(string path) => File.Exists(EventIndex.PathOf(path));

    /// <summary>Makes the index of a file, beside it as <c>FILE.index</c>.</summary>
    /// <param name="path">A RAW or DAT file in the order of time.</param>
    /// <param name="sensor">The camera's size; null for what the file says, or else the smallest that holds its events.</param>
    /// <param name="progress">Told bytes read and bytes in all; or null.</param>
    /// <returns>Events and entries.</returns>
    /// <exception cref="InvalidDataException">The file is of another format, damaged, or out of order.</exception>
    /// <exception cref="IOException">It cannot be read, or the index not be written.</exception>
    public static (long Events, int Entries) MakeIndex(string path, SensorSize? sensor = null, IWorkProgress? progress = null)
    {
        EventIndex index = EventFiles.Index(path, new EventFileOptions { Sensor = sensor }, progress);
        index.Write(path);
        return (index.Count, index.Entries.Length);
    }

    /// <summary>Opens a file that has an index.</summary>
    /// <exception cref="InvalidDataException">The index is damaged, missing, or of another state of the file.</exception>
    public static IndexedEvents Open(string path)
    {
        EventIndex index = EventIndex.Read(path) ?? throw BadFile.Error(path, "", "has no index", $"Make it: stereospike index {path}.");
        return new IndexedEvents(path, index, EventFiles.Decoder(path, index.Format, index.Sensor));
    }

    /// <inheritdoc/>
    public void Read(long first, Span<DvsEvent> destination)
    {
        Guard.Within(first, 0, Count - destination.Length, nameof(first));
        for (int done = 0; done < destination.Length;)
        {
            int entry = EntryOf(first + done);
            Load(entry);
            int from = (int)(first + done - _index.Entries[entry].EventsBefore), length = Math.Min(_length - from, destination.Length - done);
            _stretch.AsSpan(from, length).CopyTo(destination[done..]);
            done += length;
        }
    }

    /// <inheritdoc/>
    public long LowerBound(long timestampUs)
    {
        if (Count == 0)
        {
            return 0;
        }

        // The last stretch before which every event is earlier: the answer lies in it, or it is its end.
        int low = 0, high = _index.Entries.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            (low, high) = _index.Entries[middle].LatestUs < timestampUs ? (middle, high) : (low, middle - 1);
        }

        Load(low);
        int first = 0, end = _length;
        while (first < end)
        {
            int middle = (first + end) >>> 1;
            (first, end) = _stretch[middle].TimestampUs < timestampUs ? (middle + 1, end) : (first, middle);
        }

        return _index.Entries[low].EventsBefore + first;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private int EntryOf(long number)
    {
        int low = 0, high = _index.Entries.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            (low, high) = _index.Entries[middle].EventsBefore <= number ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>Decodes a stretch: from one entry to the next, or to the file's end.</summary>
    private void Load(int entry)
    {
        if (entry == _loaded)
        {
            return;
        }

        EventIndex.Entry[] entries = _index.Entries;
        bool last = entry == entries.Length - 1;
        long count = (last ? Count : entries[entry + 1].EventsBefore) - entries[entry].EventsBefore, length = (last ? _file.Length : entries[entry + 1].Byte) - entries[entry].Byte;
        if (count < 0 || count > length / _decoder.RecordBytes * _decoder.MostEventsPerRecord)   // nor is memory set aside for what the bytes cannot hold
        {
            throw Contradicts(entry);
        }

        if (_stretch.Length < count + EventFiles.SmallestBatch)
        {
            _stretch = new DvsEvent[count + EventFiles.SmallestBatch];
        }

        _loaded = -1;
        _decoder.Restore(entries[entry].State);
        _length = 0;
        for (long at = 0; at < length;)
        {
            int piece = (int)Math.Min(length - at, 1 << 20) / _decoder.RecordBytes * _decoder.RecordBytes;
            if (piece == 0 || _stretch.Length - _length < EventFiles.SmallestBatch)
            {
                break;   // a record cut short at the file's end, or more than the index says
            }

            (int taken, int written) = _decoder.Decode(_file.Bytes(entries[entry].Byte + at, piece), _stretch.AsSpan(_length));
            at += taken;
            _length += written;
            if (taken == 0)
            {
                break;
            }
        }

        _loaded = _length == count ? entry : throw Contradicts(entry);
    }

    private InvalidDataException Contradicts(int entry) =>
        BadFile.Error(EventIndex.PathOf(_path), $"entry {entry}", "does not fit the file", $"Make it again (stereospike index {_path}), or delete it.");
}
