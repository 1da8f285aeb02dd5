using System.CommandLine;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>Where a verb takes one camera's events from: a file of any format, a pipe, or one camera of a stereo recording; and which part of them.</summary>
internal sealed class CameraEvents
{
    /// <summary>What stands for standard input or output.</summary>
    public const string Pipe = "-";

    /// <summary>What the argument may be, for help texts.</summary>
    public const string Description =
        "One camera's events: .raw, .dat, .aedat4, .aedat, .es, .bin, .npz, .npy, .bag, columns in HDF5, or text; one camera of a stereo recording (--camera); - is standard input.";

    private const double UsPerMs = 1000;
    private readonly Option<Camera?> _camera = new("--camera") { Description = "Which camera of a stereo recording: left or right." };
    private readonly Option<long> _sort = new("--sort") { Description = "Put events in the order of time that stray by up to so many µs; 0 refuses any step back." };
    private readonly Option<string?> _keys = new("--keys") { Description = "What the columns are called in HDF5 or NumPy, such as x=raw/col,y=raw/row,t=raw/stamp,p=raw/on." };
    private readonly Option<string?> _topic = new("--topic") { Description = "Whose events of a ROS bag, where several topics have some." };
    private readonly Option<double?> _start = new("--start-ms") { Description = "Begin so long after the first event, ms." };
    private readonly Option<double?> _length = new("--length-ms") { Description = "Take so long of it, ms." };

    /// <summary>What text files do not say of themselves.</summary>
    public TextFileOptions Text { get; } = new();

    public IEnumerable<Option> All => [_camera, _keys, _topic, _sort, _start, _length, .. Text.All];

    /// <summary>Those of them for a verb that takes every event as it lies in the file.</summary>
    public IEnumerable<Option> WithoutPart => [_camera, _keys, _topic, .. Text.All];

    /// <summary>Which camera is asked for, if any.</summary>
    public Camera? Camera(ParseResult arguments) => arguments.GetValue(_camera);

    /// <summary>Opens a source, in the order of time, cut to the part asked for.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="source">What to open.</param>
    /// <param name="cancellation">Stops the reading of text.</param>
    /// <param name="bothCameras">Whether a stereo recording of which no camera is named gives both, <see cref="SideBySide"/>.</param>
    /// <exception cref="ArgumentException">It has two cameras and none is named, or an option does not fit.</exception>
    /// <exception cref="InvalidDataException">It is of a kind that is refused, or damaged.</exception>
    public IEventReader Open(ParseResult arguments, string source, CancellationToken cancellation, bool bothCameras = false)
    {
        (double? startMs, double? lengthMs) = (arguments.GetValue(_start), arguments.GetValue(_length));
        if (startMs < 0 || lengthMs <= 0)
        {
            throw new ArgumentException("--start-ms counts from 0, and --length-ms must be greater than 0.");
        }

        long sortUs = arguments.GetValue(_sort);
        if (startMs is null && lengthMs is null)
        {
            return new TimeOrder(OpenAsItIs(arguments, source, bothCameras, cancellation), sortUs);
        }

        (long fromUs, long lengthUs) = ((long)Math.Round((startMs ?? 0) * UsPerMs), lengthMs is { } ms ? Math.Max(1, (long)Math.Round(ms * UsPerMs)) : long.MaxValue);
        IEventReader whole = sortUs == 0 && Indexed(arguments, source) is { } indexed ? indexed : OpenAsItIs(arguments, source, bothCameras, cancellation);
        return whole is SequenceReader sequence ? new TimeOrder(sequence.Slice(fromUs, lengthUs), sortUs) : new TimeSlice(new TimeOrder(whole, sortUs), fromUs, lengthUs);
    }

    /// <summary>Opens a file that is one camera's by itself; null where it is none such.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public IEventReader? OpenFile(ParseResult arguments, string source)
    {
        var options = new EventFileOptions { Sensor = Text.Sensor(arguments), TimeUnit = Text.Unit(arguments), Order = Text.Order(arguments), Keys = arguments.GetValue(_keys), Topic = arguments.GetValue(_topic) };
        if (source == Pipe)
        {
            return EventFiles.Open(Console.OpenStandardInput(), "standard input", options);
        }

        if (!RecordingFiles.IsHdf5(source))
        {
            return File.Exists(source) && EventFiles.Detect(source) is not null ? EventFiles.Open(source, options) : null;
        }

        return File.Exists(source) && (options.Keys is not null || ColumnEvents.Groups(source).Count > 0) && ColumnEvents.Open(source, Camera(arguments), options.Sensor, options.Keys) is { } columns
            ? new SequenceReader(source, EventFormat.Hdf5Columns, columns, columns) { ClockOffsetUs = columns.ClockOffsetUs }
            : null;
    }

    /// <summary>What a format is called on the command line.</summary>
    public static string NameOf(EventFormat format) => format switch
    {
        EventFormat.EventStream => "es",
        EventFormat.Hdf5Columns => "hdf5-columns",
        _ => format.ToString().ToLowerInvariant(),
    };

    /// <summary>A file by the index beside it, if there is one for the sensor asked for.</summary>
    private SequenceReader? Indexed(ParseResult arguments, string source)
    {
        if (source == Pipe || !File.Exists(source) || !IndexedEvents.HasIndex(source))
        {
            return null;
        }

        IndexedEvents events = IndexedEvents.Open(source);
        if (Text.Sensor(arguments) is { } sensor && sensor != events.Sensor)
        {
            events.Dispose();
            return null;
        }

        return new SequenceReader(source, events.Format, events, events);
    }

    private IEventReader OpenAsItIs(ParseResult arguments, string source, bool bothCameras, CancellationToken cancellation)
    {
        if (OpenFile(arguments, source) is { } file)
        {
            return file;
        }

        Func<EventTextKind, EventTextOptions> text = Text.Over(arguments, geometryNeeded: false);
        if (File.Exists(source) && !RecordingFiles.IsHdf5(source) && EventTextFile.DetectKind(source) == EventTextKind.Text && text(EventTextKind.Text) is { } options && !options.Order.Contains('c'))
        {
            return new SequenceReader(source, EventFormat.Text, EventTextFile.OpenCamera(source, options, cancel: cancellation).Events);
        }

        IStereoRecording recording = RecordingFiles.IsHdf5(source) ? MvsecRecording.OpenUncalibrated(source) : RecordingFiles.Open(source, calibrationFolder: null, text);
        if (Camera(arguments) is { } camera)
        {
            return new SequenceReader(source, EventFormat.Recording, recording.Events(camera), recording);
        }

        if (bothCameras)
        {
            return new SideBySide(
                new SequenceReader(source, EventFormat.Recording, recording.Events(StereoSpike.Camera.Left), recording),
                new SequenceReader(source, EventFormat.Recording, recording.Events(StereoSpike.Camera.Right)));
        }

        recording.Dispose();
        throw new ArgumentException($"{source}: has two cameras; say which: --camera left or --camera right.");
    }
}
