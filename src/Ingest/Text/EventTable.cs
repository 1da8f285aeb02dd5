using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>The rows of a NumPy array as events, each value checked as it is read.</summary>
internal sealed class EventTable
{
    private readonly string _path;
    private readonly string _name;
    private readonly EventTextOptions _options;
    private readonly double[] _values;   // exact for whole numbers up to 2⁵³, more than a pixel needs; times are read beside it
    private readonly long[] _timesUs;
    private readonly int _columns;
    private readonly int _x;
    private readonly int _y;
    private readonly int _polarity;
    private readonly int _disparity;
    private long _previousUs = long.MinValue;

    /// <param name="path">The file, for messages.</param>
    /// <param name="name">The array's name, for messages.</param>
    /// <param name="options">Columns and units.</param>
    /// <param name="array">Shape (E, columns).</param>
    public EventTable(string path, string name, EventTextOptions options, NpyArray array)
    {
        _path = path;
        _name = name;
        _options = options;
        _columns = options.Order.Length;
        _x = options.Order.IndexOf('x');
        _y = options.Order.IndexOf('y');
        _polarity = options.Order.IndexOf('p');
        _disparity = options.Order.IndexOf('d');
        Rows = array.Shape[0];
        _values = array.ToDoubles();
        _timesUs = TimesUs(array, options.Order.IndexOf('t'));
    }

    /// <summary>E.</summary>
    public int Rows { get; }

    /// <summary>Whether there is a column of disparities.</summary>
    public bool HasDisparity => _disparity >= 0;

    /// <summary>One event, its pixel counted from 0 but not checked against a sensor; disparity NaN where unknown.</summary>
    /// <exception cref="InvalidDataException">A value is not what its column needs, or time goes back.</exception>
    public (long TimeUs, int X, int Y, Polarity Polarity, float DisparityPx) Read(int row)
    {
        long timeUs = _timesUs[row];
        if (timeUs < _previousUs)
        {
            throw Bad(row, $"time is {timeUs} µs, before the previous event at {_previousUs} µs", "Sort the array by time first.");
        }

        _previousUs = timeUs;
        ReadOnlySpan<double> values = _values.AsSpan(row * _columns, _columns);
        double polarity = values[_polarity];
        if (polarity is not (-1 or 0 or 1))
        {
            throw Bad(row, $"polarity is {polarity} where 1, 0 or -1 is needed", OrderRemedy);
        }

        double disparity = HasDisparity ? values[_disparity] : double.NaN;
        return (
            timeUs,
            Pixel(row, "column x", values[_x]),
            Pixel(row, "row y", values[_y]),
            polarity > 0 ? Polarity.On : Polarity.Off,
            disparity > 0 && float.IsFinite((float)disparity) ? (float)disparity : float.NaN);
    }

    private string OrderRemedy => $"Check that the columns are {_options.Order}, or give their order.";

    private int Pixel(int row, string name, double value) =>
        value == Math.Floor(value) && Math.Abs(value) <= 1 << 30
            ? (int)value - (_options.OneBased ? 1 : 0)
            : throw Bad(row, $"{name} is {value} where a whole number is needed", OrderRemedy);

    private long[] TimesUs(NpyArray array, int column)
    {
        int shift = EventTextReader.ShiftOf(_options.TimeUnit);
        var times = new long[Rows];
        bool fractions = array.Type is NpyType.F4 or NpyType.F8;
        long[] whole = fractions ? [] : array.ToInt64s();
        for (int row = 0; row < times.Length; row++)
        {
            int at = (row * _columns) + column;
            Int128 timeUs = fractions ? (Int128)Math.Round(_values[at] * Math.Pow(10, shift), MidpointRounding.AwayFromZero) : Scaled(whole[at], shift);
            if (Int128.Abs(timeUs) > Utf8Number.Largest || !double.IsFinite(_values[at]))
            {
                throw Bad(row, $"time is {_values[at]} where a number of at most {Utf8Number.Largest} µs is needed", "Check the unit of its time.");
            }

            times[row] = (long)timeUs;
        }

        return times;
    }

    private static Int128 Scaled(long value, int shift) => shift switch
    {
        -3 => (long)Math.Round(value / 1000m, MidpointRounding.AwayFromZero),
        3 => (Int128)value * 1000,
        6 => (Int128)value * 1_000_000,
        _ => value,
    };

    private InvalidDataException Bad(int row, string found, string remedy) => BadFile.Error(_path, $"{_name}, row {row}", found, remedy);
}
