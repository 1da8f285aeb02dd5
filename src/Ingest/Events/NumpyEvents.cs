using System.IO.Compression;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Reads one camera's events from NumPy: an npz of arrays x, y, t, p, or an npy of records with those fields or of rows with those columns.</summary>
/// <remarks>Whole-number times are µs and fractions of their own column seconds, unless a unit is given; a matrix of fractions does not tell, so there the unit must be. Each array of an npz is unpacked as it is read.</remarks>
internal sealed class NumpyEvents : IEventReader
{
    private const string Extension = ".npy";
    private const int BatchEvents = 4096;
    private const double LargestUs = 1L << 53;
    private readonly NpyReader[] _arrays;   // one, or one a column
    private readonly NumpyColumn[] _columns;
    private readonly long[][] _values = [new long[BatchEvents], new long[BatchEvents], new long[BatchEvents], new long[BatchEvents]];
    private readonly double[] _fractions = new double[BatchEvents];
    private readonly EventLosses _losses = new();
    private readonly long _count;
    private readonly double _usPerUnit;
    private long _read;

    private NumpyEvents(string path, EventFormat format, NpyReader[] arrays, NumpyColumn[] columns, EventFileOptions options)
    {
        (Name, Format, _arrays, _columns) = (path, format, arrays, columns);
        _count = arrays[0].Rows;
        if (arrays.Any(array => array.Rows != _count))
        {
            throw BadFile.Error(path, "", $"has columns of {string.Join(", ", arrays.Select(array => array.Rows))} rows", "They must be equally long.");
        }

        bool matrix = arrays.Length == 1 && arrays[0].Columns > 1, fractions = IsFraction(columns[2].Type);
        if (matrix && fractions && options.TimeUnit is null)
        {
            throw BadFile.Error(path, "", "holds times as fractions beside pixels, which does not tell their unit", "Say it: --time-unit us, ms or s.");
        }

        _usPerUnit = Math.Pow(10, EventTextReader.ShiftOf(options.TimeUnit ?? (fractions ? TimeUnit.Seconds : TimeUnit.Microseconds)));
        Sensor = options.Sensor ?? new SensorSize(SensorSize.MaximumSide, SensorSize.MaximumSide);
    }

    public string Name { get; }

    public EventFormat Format { get; }

    public SensorSize Sensor { get; }

    public double Progress => _count > 0 ? (double)_read / _count : 0;

    public IReadOnlyDictionary<string, long> Dropped => _losses.ByReason;

    /// <summary>Tells whether a zip file holds arrays of x, y, t and p.</summary>
    public static bool HoldsColumns(string path)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            return EventColumnNames.Find(Names(zip)) is not null;
        }
        catch (InvalidDataException)
        {
            return false;   // begins like a zip file and is none
        }
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or does not hold such arrays.</exception>
    /// <exception cref="ArgumentException">The order or keys do not fit.</exception>
    public static NumpyEvents Open(string path, EventFormat format, EventFileOptions options)
    {
        var opened = new List<NpyReader>();
        try
        {
            if (format == EventFormat.Npz)
            {
                string[] names = ColumnsOf(path, options);
                opened.AddRange(names.Select(name => OpenEntry(path, name)));
                return new NumpyEvents(path, format, [.. opened], [.. opened.Select((array, i) => new NumpyColumn(i, Plain(array, path, names[i]).Type, 0))], options);
            }

            opened.Add(new NpyReader(File.OpenRead(path), new FileInfo(path).Length, path));
            return new NumpyEvents(path, format, [.. opened], Columns(path, opened[0], options), options);
        }
        catch (Exception failure)
        {
            opened.ForEach(array => array.Dispose());
            if (failure is InvalidDataException && !failure.Message.StartsWith(path, StringComparison.Ordinal))   // the zip library's own
            {
                throw BadFile.Error(path, "", $"is not a whole npz (zip) file: {failure.Message}", "Fetch it again, or save it with numpy.savez.", failure);
            }

            throw;
        }
    }

    public int Read(Span<DvsEvent> destination)
    {
        while (true)
        {
            int count = Math.Min(destination.Length, BatchEvents);
            foreach (NpyReader array in _arrays)
            {
                count = array.Read(count);
            }

            if (count == 0)
            {
                return 0;
            }

            int written = Take(destination[..count]);
            _read += count;
            if (written > 0)
            {
                return written;
            }
        }
    }

    public void Dispose()
    {
        foreach (NpyReader array in _arrays)
        {
            array.Dispose();
        }
    }

    private static bool IsFraction(NpyType type) => type is NpyType.F4 or NpyType.F8;

    private static string[] Names(ZipArchive zip) => [.. zip.Entries.Select(entry => entry.FullName.EndsWith(Extension, StringComparison.Ordinal) ? entry.FullName[..^Extension.Length] : entry.FullName)];

    private static string[] ColumnsOf(string path, EventFileOptions options)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        string[] there = Names(zip), names = options.Keys is { } keys ? EventColumnNames.Parse(keys) : EventColumnNames.Find(there) ?? [];
        return names.Length > 0 && names.All(there.Contains)
            ? names
            : throw BadFile.Error(path, "", $"does not hold arrays of x, y, t and p; it holds {string.Join(", ", there.Take(8))}", "Say which are: --keys x=…,y=…,t=…,p=….");
    }

    /// <summary>Opens one entry through a zip of its own, so that four are unpacked side by side.</summary>
    private static NpyReader OpenEntry(string path, string name)
    {
        ZipArchive zip = ZipFile.OpenRead(path);
        try
        {
            ZipArchiveEntry entry = zip.GetEntry(name + Extension) ?? throw BadFile.Error(path, name, "is missing", "Save it with numpy.savez.");
            return new NpyReader(new OwningStream(entry.Open(), zip), entry.Length, $"{path}: {name}");
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    private static NpyField Plain(NpyReader array, string path, string name) => array.Columns == 1 && array.Fields[0].Name.Length == 0
        ? array.Fields[0]
        : throw BadFile.Error(path, name, "is not one line of numbers", "Save x, y, t and p as an array each.");

    private static NumpyColumn[] Columns(string path, NpyReader array, EventFileOptions options)
    {
        if (array.Fields[0].Name.Length > 0)
        {
            string[] there = [.. array.Fields.Select(field => field.Name)];
            string[] names = (options.Keys is { } keys ? EventColumnNames.Parse(keys) : EventColumnNames.Find(there)) is { } found && found.All(there.Contains)
                ? found
                : throw BadFile.Error(path, "header", $"has the fields {string.Join(", ", there)} where x, y, t and p are needed", "Say which are: --keys x=…,y=…,t=…,p=….");
            return [.. names.Select(name => array.Fields.First(field => field.Name == name)).Select(field => new NumpyColumn(0, field.Type, field.Offset))];
        }

        string order = options.Order ?? EventTextOptions.Text.Order;
        if (order.Length != array.Columns || EventColumnNames.Columns.Any(column => order.Count(letter => letter == column) != 1))
        {
            throw BadFile.Error(path, "header", $"has rows of {array.Columns} columns where {order.Length} ({order}) are needed", "Give their order, such as --order xytp, with _ for one to ignore.");
        }

        int bytes = array.RowBytes / array.Columns;
        return [.. EventColumnNames.Columns.Select(column => new NumpyColumn(0, array.Fields[0].Type, order.IndexOf(column) * bytes))];
    }

    private int Take(Span<DvsEvent> destination)
    {
        int count = destination.Length;
        for (int column = 0; column < _columns.Length; column++)
        {
            Fill(column, _values[column].AsSpan(0, count));
        }

        (long[] xs, long[] ys, long[] ts, long[] ps) = (_values[0], _values[1], _values[2], _values[3]);
        int written = 0;
        for (int i = 0; i < count; i++)
        {
            if ((ulong)(ps[i] + 1) > 2)
            {
                throw BadFile.Error(Name, $"row {_read + i}", $"has the polarity {ps[i]} where 1, 0 or -1 is needed", "Check the order of its columns.");
            }

            bool inside = (ulong)xs[i] < (ulong)Sensor.Width && (ulong)ys[i] < (ulong)Sensor.Height;
            destination[written] = new DvsEvent(ts[i], (ushort)xs[i], (ushort)ys[i], ps[i] > 0 ? Polarity.On : Polarity.Off);
            written += inside ? 1 : 0;
            _losses.OffSensor += inside ? 0 : 1;
        }

        return written;
    }

    private void Fill(int column, Span<long> values)
    {
        NumpyColumn where = _columns[column];
        NpyReader array = _arrays[where.Array];
        double unit = column == 2 ? _usPerUnit : 1;
        if (!IsFraction(where.Type) && unit == 1)
        {
            array.Column(where.Type, where.Offset, values);
            return;
        }

        Span<double> fractions = _fractions.AsSpan(0, values.Length);
        array.Column(where.Type, where.Offset, fractions);
        for (int i = 0; i < values.Length; i++)
        {
            double value = column == 2 ? Math.Floor((fractions[i] * unit) + 0.5) : fractions[i];
            values[i] = Math.Abs(value) < LargestUs && Math.Floor(value) == value   // false for NaN too
                ? (long)value
                : throw BadFile.Error(Name, $"row {_read + i}", $"has {EventColumnNames.Columns[column]} = {fractions[i]}, which is no number of use", "Check the order of its columns and the unit of its time.");
        }
    }

    /// <summary>Where a column lies.</summary>
    /// <param name="Array">In which array.</param>
    /// <param name="Type">What it holds.</param>
    /// <param name="Offset">Where in a row, bytes.</param>
    private readonly record struct NumpyColumn(int Array, NpyType Type, int Offset);
}
