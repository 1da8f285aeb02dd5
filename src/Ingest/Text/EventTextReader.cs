using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Streams the events of a text file, a line each, in one pass and bounded memory.</summary>
/// <remarks>
/// Fields are separated by any run of spaces, tabs, commas or semicolons. Blank lines and lines that begin with # or % are comments;
/// the first other line may hold column names. Whatever else is not an event of <see cref="EventTextOptions.Order"/> is an error:
/// a wrong line must not become a missing one. Only events off the sensor are dropped, and counted.
/// </remarks>
public sealed class EventTextReader
{
    private const int BufferBytes = 1 << 20;
    private const int BatchEvents = 4096;

    private readonly string _path;
    private readonly byte[] _order;
    private readonly int _shift;
    private readonly int _base;
    private readonly int _width;
    private readonly int _height;
    private readonly bool _swap;
    private readonly Camera _fileCamera;
    private readonly StereoTextSink _sink;
    private readonly StereoTextEvent[] _batch = new StereoTextEvent[BatchEvents];
    private readonly long[] _previousUs = [long.MinValue, long.MinValue];
    private int _batched;
    private int _headerLines;
    private bool _begun;
    private long _line;
    private long _read;
    private long _offSensor;
    private long _unknown;
    private long _smallest = long.MaxValue;
    private bool _touchesEnd;

    private EventTextReader(string path, EventTextOptions options, SensorSize sensor, Camera fileCamera, StereoTextSink sink)
    {
        _path = path;
        _order = Encoding.ASCII.GetBytes(options.Order);
        _shift = ShiftOf(options.TimeUnit);
        _base = options.OneBased ? 1 : 0;
        _width = sensor.Width;
        _height = sensor.Height;
        _swap = options.SwapCameras;
        _fileCamera = fileCamera;
        _sink = sink;
        _headerLines = options.HeaderLines;
    }

    /// <summary>Reads a file from end to end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Its columns, units and sensor.</param>
    /// <param name="sink">Receives the events in the file's order; each camera's are in time order.</param>
    /// <param name="fileCamera">Whose events these are where the file has no camera column.</param>
    /// <param name="progress">Told bytes read and bytes in all; or null.</param>
    /// <param name="cancel">Ends the pass between two blocks.</param>
    /// <exception cref="ArgumentException">The options name no sensor.</exception>
    /// <exception cref="InvalidDataException">A line is not such an event, or a camera's time goes back; the message names file and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EventTextCounts Read(
        string path,
        EventTextOptions options,
        StereoTextSink sink,
        Camera fileCamera = Camera.Left,
        IWorkProgress? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(sink);
        SensorSize sensor = options.Sensor ?? throw new ArgumentException("The text of events does not tell the sensor's size; set Sensor (width and height in pixels).", nameof(options));
        return new EventTextReader(path, options, sensor, fileCamera, sink).Run(progress, cancel);
    }

    /// <summary>The power of ten that turns a unit into µs.</summary>
    internal static int ShiftOf(TimeUnit unit) => unit switch
    {
        TimeUnit.Nanoseconds => -3,
        TimeUnit.Microseconds => 0,
        TimeUnit.Milliseconds => 3,
        TimeUnit.Seconds => 6,
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "The time unit is none of those defined."),
    };

    private EventTextCounts Run(IWorkProgress? progress, CancellationToken cancel)
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        var buffer = new byte[BufferBytes];
        int kept = 0;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            int got = file.Read(buffer, kept, buffer.Length - kept);
            ReadOnlySpan<byte> text = buffer.AsSpan(0, kept + got);
            if (got == 0)
            {
                ReadLine(text);   // the last one may lack its line feed
                break;
            }

            int used = ReadLines(text);
            progress?.Report(file.Position, file.Length);
            kept = text.Length - used;
            if (kept == buffer.Length)
            {
                throw Bad(_line + 1, $"is longer than {BufferBytes} bytes", "The file is not a text of events.");
            }

            buffer.AsSpan(used, kept).CopyTo(buffer);
        }

        Flush();
        return new EventTextCounts(_read, _offSensor, _unknown, _base == 0 && _smallest > 0 && _touchesEnd);
    }

    private int ReadLines(ReadOnlySpan<byte> text)
    {
        int start = 0;
        while (true)
        {
            int length = text[start..].IndexOf((byte)'\n');
            if (length < 0)
            {
                return start;
            }

            ReadLine(text.Slice(start, length));
            start += length + 1;
        }
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        _line++;
        int at = SkipSeparators(line, 0);
        if (at == line.Length || line[at] is (byte)'#' or (byte)'%')
        {
            return;
        }

        if (!_begun)
        {
            if (_headerLines > 0 || IsColumnNames(line[at..]))
            {
                _headerLines--;
                _begun = _headerLines < 0;   // names are looked for once, after the announced header
                return;
            }

            _begun = true;
        }

        ReadEvent(line, at);
    }

    private void ReadEvent(ReadOnlySpan<byte> line, int at)
    {
        long timeUs = 0, x = 0, y = 0;
        Polarity polarity = Polarity.Off;
        Camera camera = _fileCamera;
        float disparity = float.NaN;
        for (int column = 0; column < _order.Length; column++)
        {
            if (at == line.Length)
            {
                ThrowFields($"holds {column} fields");
            }

            int end = FieldEnd(line, at);
            ReadOnlySpan<byte> field = line[at..end];
            switch (_order[column])
            {
                case (byte)'t':
                    timeUs = Time(field);
                    break;
                case (byte)'x':
                    x = Whole(field, "column x") - _base;
                    break;
                case (byte)'y':
                    y = Whole(field, "row y") - _base;
                    break;
                case (byte)'p':
                    polarity = PolarityOf(field);
                    break;
                case (byte)'c':
                    camera = CameraOf(field);
                    break;
                case (byte)'d':
                    disparity = Disparity(field);
                    break;
            }

            at = SkipSeparators(line, end);
        }

        if (at != line.Length)
        {
            ThrowFields($"holds more than {_order.Length} fields");
        }

        Add(timeUs, x, y, polarity, _swap ? 1 - camera : camera, disparity);
    }

    private void Add(long timeUs, long x, long y, Polarity polarity, Camera camera, float disparity)
    {
        _read++;
        ref long previousUs = ref _previousUs[(int)camera];
        if (timeUs < previousUs)
        {
            ThrowTime(timeUs, previousUs);
        }

        previousUs = timeUs;
        _smallest = Math.Min(_smallest, Math.Min(x, y));
        if ((ulong)x >= (ulong)_width || (ulong)y >= (ulong)_height)
        {
            _touchesEnd |= x == _width || y == _height;
            _offSensor++;
            return;
        }

        _unknown += _order.Contains((byte)'d') && float.IsNaN(disparity) ? 1 : 0;
        _batch[_batched++] = new StereoTextEvent(new DvsEvent(timeUs, (ushort)x, (ushort)y, polarity), camera, disparity);
        if (_batched == _batch.Length)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_batched > 0)
        {
            _sink(_batch.AsSpan(0, _batched));
            _batched = 0;
        }
    }

    private long Time(ReadOnlySpan<byte> field)
    {
        if (!Utf8Number.TryParse(field, _shift, out long timeUs, out _))
        {
            ThrowField(field, "time", $"a number of at most {Utf8Number.Largest} µs");
        }

        return timeUs;
    }

    private long Whole(ReadOnlySpan<byte> field, string name)
    {
        if (!Utf8Number.TryParse(field, 0, out long value, out bool exact) || !exact)
        {
            ThrowField(field, name, "a whole number");
        }

        return value;
    }

    private Polarity PolarityOf(ReadOnlySpan<byte> field)
    {
        if (field.SequenceEqual("True"u8) || field.SequenceEqual("true"u8))
        {
            return Polarity.On;
        }

        if (field.SequenceEqual("False"u8) || field.SequenceEqual("false"u8))
        {
            return Polarity.Off;
        }

        if (!Utf8Number.TryParse(field, 0, out long value, out bool exact) || !exact || value is < -1 or > 1)
        {
            ThrowField(field, "polarity", "1, 0, -1, True or False");
        }

        return value > 0 ? Polarity.On : Polarity.Off;
    }

    private Camera CameraOf(ReadOnlySpan<byte> field)
    {
        if (!Utf8Number.TryParse(field, 0, out long value, out bool exact) || !exact || value is < 0 or > 1)
        {
            ThrowField(field, "camera", "0 (left) or 1 (right)");
        }

        return (Camera)value;
    }

    private float Disparity(ReadOnlySpan<byte> field)
    {
        if (field.SequenceEqual("-nan"u8))
        {
            return float.NaN;   // what C prints for a NaN whose sign bit is set
        }

        if (!Utf8Parser.TryParse(field, out float disparity, out int used) || used != field.Length)
        {
            ThrowField(field, "disparity", "a number of pixels or nan");
        }

        return disparity > 0 && float.IsFinite(disparity) ? disparity : float.NaN;
    }

    private static int SkipSeparators(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && IsSeparator(line[at]))
        {
            at++;
        }

        return at;
    }

    private static int FieldEnd(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && !IsSeparator(line[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsSeparator(byte letter) => letter is (byte)' ' or (byte)'\t' or (byte)',' or (byte)';' or (byte)'\r';

    private static bool IsColumnNames(ReadOnlySpan<byte> line) =>
        !line.StartsWith("True"u8) && !line.StartsWith("False"u8) && (char.IsAsciiLetter((char)line[0]) || line[0] == '"');

    [DoesNotReturn]
    private void ThrowFields(string found) => throw Bad(
        _line, $"{found} where the {_order.Length} of order {Encoding.ASCII.GetString(_order)} are needed", "Give the order of its columns, with _ for one to ignore.");

    [DoesNotReturn]
    private void ThrowField(ReadOnlySpan<byte> field, string name, string allowed) => throw Bad(
        _line, $"{name} is \"{Encoding.UTF8.GetString(field[..Math.Min(field.Length, 40)])}\" where {allowed} is needed", $"Check that the columns are {Encoding.ASCII.GetString(_order)}, or give their order.");

    [DoesNotReturn]
    private void ThrowTime(long timeUs, long previousUs) => throw Bad(
        _line, $"time is {timeUs} µs, before the camera's previous event at {previousUs} µs", "Sort the file by time first.");

    private InvalidDataException Bad(long line, string found, string remedy) => BadFile.Error(_path, $"line {line}", found, remedy);
}
