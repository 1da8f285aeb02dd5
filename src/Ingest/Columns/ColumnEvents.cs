using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>One camera's events in HDF5 as four columns under one group: DSEC, M3ED, and most files that programs write for themselves.</summary>
/// <remarks>
/// The columns are found by the names that are in use, under any group. Times in whole numbers are µs, fractions are seconds; <c>t_offset</c>, where there is one, is the clock that they count from, not added.
/// Source: Gehrig et al., "DSEC: A Stereo Event Camera Dataset for Driving Scenarios", RA-L 2021 (arXiv:2103.06011); Chaney et al., "M3ED", CVPRW 2023.
/// </remarks>
public sealed class ColumnEvents : IEventSequence, IDisposable
{
    private const int BatchEvents = 4096;
    private readonly Hdf5File _file;
    private readonly Hdf5Column[] _columns;
    private readonly NarrowColumns? _narrow;
    private readonly string _group;
    private readonly long[][] _batch = [new long[BatchEvents], new long[BatchEvents], new long[BatchEvents], new long[BatchEvents]];
    private readonly long[] _one = new long[1];
    private long _lastBound;

    private ColumnEvents(Hdf5File file, string group, string[] names, SensorSize? sensor)
    {
        _file = file;
        _group = group;
        _columns = [.. names.Select((name, i) => Hdf5Column.Open(file, name, i == 2 ? 1e6 : 1))];
        _narrow = NarrowColumns.Of(_columns);
        Count = _columns[0].Count;
        if (_columns.Any(column => column.Count != Count))
        {
            throw BadFile.Error(file.Path, group, $"has columns of {string.Join(", ", _columns.Select(column => column.Count))} rows", "They must be equally long; the file is damaged or was not closed.");
        }

        ClockOffsetUs = Scalar(file, "t_offset") ?? 0;
        Sensor = sensor ?? Noted(file, group) ?? (file.Has("t_offset") && file.Has("ms_to_idx") ? new SensorSize(640, 480) : Extent());
    }

    /// <inheritdoc/>
    public SensorSize Sensor { get; }

    /// <inheritdoc/>
    public long Count { get; }

    /// <summary>What the file's clock adds to each time, µs (DSEC's <c>t_offset</c>); 0 where it says nothing.</summary>
    public long ClockOffsetUs { get; }

    /// <summary>The group that holds the columns; empty for the root.</summary>
    public string Group => _group;

    /// <summary>Whether a file holds events as columns, and in which groups.</summary>
    /// <exception cref="InvalidDataException">It is not HDF5, or damaged.</exception>
    public static IReadOnlyList<string> Groups(string path)
    {
        using Hdf5File file = Hdf5File.Open(path);
        return [.. Found(file).Select(found => found.Group)];
    }

    /// <summary>Opens events.</summary>
    /// <param name="path">The file.</param>
    /// <param name="camera">Which camera where a left and a right one are there; null where there must be one only.</param>
    /// <param name="sensor">The camera's size; null for what the file says, DSEC's 640×480, or else the smallest that holds the events.</param>
    /// <param name="keys">The datasets, such as <c>x=events/x,y=events/y,t=events/t,p=events/p</c>; null to find them by their names.</param>
    /// <exception cref="InvalidDataException">There are no such columns, or more than one set of them.</exception>
    /// <exception cref="ArgumentException">The keys are not those four.</exception>
    public static ColumnEvents Open(string path, Camera? camera = null, SensorSize? sensor = null, string? keys = null)
    {
        Hdf5File file = Hdf5File.Open(path);
        try
        {
            (string Group, string[] Names)[] found = keys is null ? [.. Found(file)] : [Named(keys)];
            if (found.Length > 1 && camera is { } side)
            {
                string word = side == Camera.Left ? "left" : "right";
                found = [.. found.Where(one => one.Group.Contains(word, StringComparison.OrdinalIgnoreCase))];
            }

            return found switch
            {
                [var only] => new ColumnEvents(file, only.Group, only.Names, sensor),
                [] => throw BadFile.Error(path, "", Refusal(file), "Events are needed as columns x, y, t, p under one group, or in MVSEC layout."),
                _ => throw BadFile.Error(path, "", $"holds events in {string.Join(", ", found.Select(one => one.Group))}", "Say which with --camera left or --camera right."),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(long first, Span<DvsEvent> destination)
    {
        Guard.Within(first, 0, Count - destination.Length, nameof(first));
        long previousUs = first > 0 ? TimeUs(first - 1) : long.MinValue;
        if (_narrow?.TryRead(first, destination, Sensor, Math.Max(previousUs, 0)) == true)
        {
            return;
        }

        // Columns of other types; or a row that is refused, which is named here.
        for (int done = 0; done < destination.Length; done += BatchEvents)
        {
            Span<DvsEvent> events = destination[done..Math.Min(done + BatchEvents, destination.Length)];
            for (int column = 0; column < _columns.Length; column++)
            {
                _columns[column].Read(first + done, _batch[column].AsSpan(0, events.Length));
            }

            previousUs = Decode(events, first + done, previousUs);
        }
    }

    /// <inheritdoc/>
    public long LowerBound(long timestampUs) => _lastBound = TimeSearch.LowerBound(Count, _lastBound, TimeUs, timestampUs);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Hdf5Column column in _columns)
        {
            column.Dispose();
        }

        _file.Dispose();
    }

    private long Decode(Span<DvsEvent> events, long first, long previousUs)
    {
        ReadOnlySpan<long> xs = _batch[0], ys = _batch[1], ts = _batch[2], ps = _batch[3];
        ulong width = (ulong)Sensor.Width, height = (ulong)Sensor.Height;
        for (int i = 0; i < events.Length; i++)
        {
            (long x, long y, long t, long p) = (xs[i], ys[i], ts[i], ps[i]);
            if ((ulong)x >= width || (ulong)y >= height || t < previousUs || (ulong)(p + 1) > 2)
            {
                throw BadFile.Error(
                    _file.Path, $"{_group}, row {first + i}", $"holds x = {x}, y = {y}, t = {t} µs (before it {previousUs}), p = {p} where x and y on the {Sensor} sensor, times in order and p of −1, 0 or 1 are needed",
                    "Check the sensor's size (--width, --height), or sort the recording first.");
            }

            events[i] = new DvsEvent(t, (ushort)x, (ushort)y, p > 0 ? Polarity.On : Polarity.Off);
            previousUs = t;
        }

        return previousUs;
    }

    internal long TimeUs(long row)
    {
        _columns[2].Read(row, _one);
        return _one[0];
    }

    private SensorSize Extent()
    {
        long width = 1, height = 1;
        for (long first = 0; first < Count; first += BatchEvents)
        {
            int length = (int)Math.Min(BatchEvents, Count - first);
            _columns[0].Read(first, _batch[0].AsSpan(0, length));
            _columns[1].Read(first, _batch[1].AsSpan(0, length));
            width = Math.Max(width, 1 + _batch[0].AsSpan(0, length).ToArray().Max());
            height = Math.Max(height, 1 + _batch[1].AsSpan(0, length).ToArray().Max());
        }

        return width <= SensorSize.MaximumSide && height <= SensorSize.MaximumSide
            ? new SensorSize((int)width, (int)height)
            : throw BadFile.Error(_file.Path, _group, $"holds pixels up to x = {width - 1}, y = {height - 1}", "The columns are not those of events, or damaged.");
    }

    private static IEnumerable<(string Group, string[] Names)> Found(Hdf5File file) => file.Groups()
        .Select(group => (group.Group, Names: EventColumnNames.Find(group.Datasets)))
        .Where(group => group.Names is not null)
        .Select(group => (group.Group, group.Names!));

    /// <summary>The columns that a user names, and the group of the first.</summary>
    private static (string Group, string[] Names) Named(string keys)
    {
        string[] names = EventColumnNames.Parse(keys);
        return (names[0].Contains('/') ? names[0][..names[0].LastIndexOf('/')] : "", names);
    }

    private static string Refusal(Hdf5File file) => file.Has("CD/events")
        ? "holds Prophesee's CD/events, compressed with its own ECF codec, which is not read here"
        : $"holds no columns of events; its datasets are {string.Join(", ", file.Groups().SelectMany(group => group.Datasets).Take(8))}";

    /// <summary>The size that M3ED notes beside its events.</summary>
    private static SensorSize? Noted(Hdf5File file, string group)
    {
        string name = $"{group}/calib/resolution";
        if (!file.Has(name))
        {
            return null;
        }

        using Hdf5Column column = Hdf5Column.Open(file, name);
        var sides = new long[2];
        if (column.Count != 2)
        {
            return null;
        }

        column.Read(0, sides);
        return sides.All(side => side is >= 1 and <= SensorSize.MaximumSide) ? new SensorSize((int)sides[0], (int)sides[1]) : null;
    }

    private static long? Scalar(Hdf5File file, string name) => file.Has(name) ? file.Guarded(name, () => file.Dataset(name).Read<long>()) : null;
}
