using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>One camera's events in an MVSEC file: rows of x, y, t, p in float64, t in UTC seconds, p −1 or +1 (0 and 1 are taken too).</summary>
internal sealed class MvsecEvents : IEventSequence
{
    private readonly Hdf5File _file;
    private readonly Hdf5Rows<double> _rows;
    private readonly string _name;
    private readonly long _originUs;
    private long _lastBound;

    public MvsecEvents(Hdf5File file, Hdf5Rows<double> rows, string name, SensorSize sensor, long originUs)
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
    /// <exception cref="InvalidDataException">The time is not a number, or no time of this epoch.</exception>
    public static long ClockUs(Hdf5File file, string name, long row, double seconds) => MvsecRows.IsTime(seconds)
        ? MvsecRows.ToUs(seconds)
        : throw BadFile.Error(file.Path, $"{name}, row {row}", $"has the time {seconds} where seconds are needed", "The recording is damaged there, or its columns are not x, y, t, p.");

    public void Read(long first, Span<DvsEvent> destination)
    {
        Guard.Within(first, 0, Count - destination.Length, nameof(first));
        long previousUs = first > 0 ? TimeUs(first - 1) : long.MinValue;
        for (int done = 0; done < destination.Length;)
        {
            ReadOnlySpan<double> rows = _rows.At(first + done, destination.Length - done);
            int decoded = MvsecRows.Decode(rows, destination.Slice(done, rows.Length / MvsecRows.Columns), Sensor, _originUs, ref previousUs);
            if (decoded < rows.Length / MvsecRows.Columns)
            {
                throw Bad(first + done + decoded, rows.Slice(decoded * MvsecRows.Columns, MvsecRows.Columns));
            }

            done += decoded;
        }
    }

    public long LowerBound(long timestampUs) => _lastBound = TimeSearch.LowerBound(Count, _lastBound, TimeUs, timestampUs);

    /// <summary>When an event came, µs since the recording's origin.</summary>
    public long TimeUs(long row) => ClockUs(_file, _name, row, _rows.At(row, 1)[2]) - _originUs;

    private InvalidDataException Bad(long row, ReadOnlySpan<double> values)
    {
        (double x, double y, double t, double p) = (values[0], values[1], values[2], values[3]);
        return MvsecRows.IsEvent(x, y, t, p, Sensor)
            ? BadFile.Error(_file.Path, $"{_name}, row {row}", $"is at t = {t:F6} s, before the event above it", "Events must be in the order of time: sort the recording first.")
            : BadFile.Error(
                _file.Path,
                $"{_name}, row {row}",
                $"holds x = {x}, y = {y}, t = {t}, p = {p} where whole x in [0, {Sensor.Width}), whole y in [0, {Sensor.Height}), a time and p of −1, 0 or 1 are needed",
                "Check the sensor's size and the order of the columns (x, y, t, p).");
    }
}
