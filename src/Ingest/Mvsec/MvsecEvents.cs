using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>One camera's events in an MVSEC file: rows of x, y, t, p in float64, t in UTC seconds, p −1 or +1 (0 and 1 are taken too).</summary>
internal sealed class MvsecEvents : IEventSequence
{
    private const int Columns = 4;
    private const long FirstStep = 1024;   // rows
    private readonly Hdf5File _file;
    private readonly Hdf5Rows _rows;
    private readonly string _name;
    private readonly long _originUs;
    private long _lastBound;

    public MvsecEvents(Hdf5File file, Hdf5Rows rows, string name, SensorSize sensor, long originUs)
    {
        _file = file;
        _rows = rows;
        _name = name;
        _originUs = originUs;
        Sensor = sensor;
    }

    public SensorSize Sensor { get; }

    public long Count => _rows.Count;

    /// <summary>Name of a camera's dataset.</summary>
    public static string Dataset(Camera camera) => $"davis/{(camera == Camera.Left ? "left" : "right")}/events";

    /// <summary>A time of the file as whole microseconds of its clock.</summary>
    /// <remarks>At today's UTC a float64 second resolves 0.24 µs, so rounding gives back every whole microsecond that was written.</remarks>
    /// <exception cref="InvalidDataException">The time is not a number, or no time of this epoch.</exception>
    public static long ClockUs(Hdf5File file, string name, long row, double seconds) => Math.Abs(seconds) < 9e9   // false for NaN too
        ? (long)Math.Floor((seconds * 1e6) + 0.5)
        : throw BadFile.Error(file.Path, $"{name}, row {row}", $"has the time {seconds} where seconds are needed", "The recording is damaged there, or its columns are not x, y, t, p.");

    public void Read(long first, Span<DvsEvent> destination)
    {
        Guard.Within(first, 0, Count - destination.Length, nameof(first));
        long previousUs = first > 0 ? TimeUs(first - 1) : long.MinValue;
        for (int done = 0; done < destination.Length;)
        {
            ReadOnlySpan<double> rows = _rows.At(first + done, destination.Length - done);
            previousUs = Decode(rows, destination.Slice(done, rows.Length / Columns), previousUs, first + done);
            done += rows.Length / Columns;
        }
    }

    public long LowerBound(long timestampUs)
    {
        (long low, long high) = Around(timestampUs);
        while (low < high)
        {
            long middle = low + ((high - low) >> 1);
            if (TimeUs(middle) < timestampUs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _lastBound = low;
    }

    /// <summary>A stretch that holds the answer, found in growing steps from the last one: windows come one after another, and in a chunked file each far look decodes a block.</summary>
    private (long Low, long High) Around(long timestampUs)
    {
        long low = _lastBound, high = _lastBound, step = FirstStep;
        if (low < Count && TimeUs(low) < timestampUs)
        {
            while (high < Count && TimeUs(high) < timestampUs)
            {
                low = high + 1;
                high = Math.Min(Count, high + step);
                step *= 2;
            }
        }
        else
        {
            while (low > 0 && TimeUs(low - 1) >= timestampUs)
            {
                high = low - 1;
                low = Math.Max(0, high - step);
                step *= 2;
            }
        }

        return (low, high);
    }

    /// <summary>When an event came, µs since the recording's origin.</summary>
    public long TimeUs(long row) => ClockUs(_file, _name, row, _rows.At(row, 1)[2]) - _originUs;

    /// <summary>Turns rows into events. Returns the last one's time.</summary>
    private long Decode(ReadOnlySpan<double> rows, Span<DvsEvent> events, long previousUs, long firstRow)
    {
        int width = Sensor.Width, height = Sensor.Height;
        long originUs = _originUs;
        for (int i = 0; i < events.Length; i++)
        {
            double x = rows[i * Columns], y = rows[(i * Columns) + 1], t = rows[(i * Columns) + 2], p = rows[(i * Columns) + 3];
            int column = (int)x, row = (int)y;
            long timeUs = (long)Math.Floor((t * 1e6) + 0.5) - originUs;
            bool fits = column == x && row == y && (uint)column < (uint)width && (uint)row < (uint)height && (p * p == 1.0 || p == 0.0) && Math.Abs(t) < 9e9;
            if (!fits || timeUs < previousUs)
            {
                throw Bad(firstRow + i, x, y, t, p, fits);
            }

            events[i] = new DvsEvent(timeUs, (ushort)column, (ushort)row, p > 0 ? Polarity.On : Polarity.Off);
            previousUs = timeUs;
        }

        return previousUs;
    }

    private InvalidDataException Bad(long row, double x, double y, double t, double p, bool fits) => fits
        ? BadFile.Error(_file.Path, $"{_name}, row {row}", $"is at t = {t:F6} s, before the event above it", "Events must be in the order of time: sort the recording first.")
        : BadFile.Error(
            _file.Path,
            $"{_name}, row {row}",
            $"holds x = {x}, y = {y}, t = {t}, p = {p} where whole x in [0, {Sensor.Width}), whole y in [0, {Sensor.Height}), a time and p of −1, 0 or 1 are needed",
            "Check the sensor's size and the order of the columns (x, y, t, p).");
}
