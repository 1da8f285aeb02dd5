using System.Globalization;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>A sequence of DSEC as its folder holds it, read piece by piece.</summary>
/// <remarks>
/// <c>events/{left,right}/events.h5</c> and <c>rectify_map.h5</c>; <c>calibration/cam_to_cam.yaml</c>; with ground truth <c>disparity/event/*.png</c> (16 bits, disparity · 256, 0 unknown, in the left
/// camera's rectified pixels) and <c>disparity/timestamps.txt</c> (µs of the clock). Times are counted from <c>t_offset</c>, the recording's origin.
/// Source: Gehrig et al., "DSEC: A Stereo Event Camera Dataset for Driving Scenarios", RA-L 2021 (arXiv:2103.06011).
/// </remarks>
public sealed class DsecRecording : IStereoRecording
{
    private const float DisparityScale = 256;
    private readonly string _folder;
    private readonly ColumnEvents[] _events;
    private readonly string[] _disparities;

    private DsecRecording(string folder, ColumnEvents[] events)
    {
        _folder = folder;
        _events = events;
        OriginUs = events[0].ClockOffsetUs;
        if (events[1].ClockOffsetUs != OriginUs || events[1].Sensor != events[0].Sensor)
        {
            throw BadFile.Error(
                folder, "events", $"has cameras of {events[0].Sensor} and {events[1].Sensor} px with t_offset {OriginUs} and {events[1].ClockOffsetUs} µs",
                "Both cameras of a sequence share size and clock; fetch the sequence again.");
        }

        Rig = DsecCalibration.Read(Path.Combine(folder, "calibration", "cam_to_cam.yaml"), events[0].Sensor, Path.Combine(folder, "events", "left", "rectify_map.h5"), Path.Combine(folder, "events", "right", "rectify_map.h5"));
        (_disparities, LabelTimesUs) = Labels(folder, OriginUs);
        ColumnEvents[] seen = [.. events.Where(camera => camera.Count > 0)];
        Span = seen.Length == 0 ? default : new TimeWindow(seen.Min(camera => camera.TimeUs(0)), seen.Max(camera => camera.TimeUs(camera.Count - 1)) + 1);
    }

    /// <inheritdoc/>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(_folder));

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <inheritdoc/>
    public long OriginUs { get; }

    /// <inheritdoc/>
    public TimeWindow Span { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> LabelTimesUs { get; }

    /// <inheritdoc/>
    public bool TruthIsPerEvent => false;

    /// <inheritdoc/>
    public long? TruthWindowUs => null;

    /// <summary>Whether a folder is laid out as a sequence of DSEC.</summary>
    public static bool IsSequence(string folder) => File.Exists(EventsFile(folder, Camera.Left));

    /// <summary>Opens a sequence.</summary>
    /// <param name="folder">The sequence's folder.</param>
    /// <exception cref="InvalidDataException">A file is damaged, or the files contradict each other.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static DsecRecording Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var opened = new List<ColumnEvents>();
        try
        {
            opened.Add(ColumnEvents.Open(EventsFile(folder, Camera.Left)));
            opened.Add(ColumnEvents.Open(EventsFile(folder, Camera.Right)));
            return new DsecRecording(folder, [.. opened]);
        }
        catch
        {
            opened.ForEach(camera => camera.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public IEventSequence Events(Camera camera) => _events[(int)camera];

    /// <inheritdoc/>
    public bool HasDepth(Camera camera) => camera == Camera.Left && _disparities.Length > 0;

    /// <inheritdoc/>
    public DepthMap ReadDepth(int label, Camera camera = Camera.Left)
    {
        if (!HasDepth(camera))
        {
            throw new InvalidOperationException($"{Name} has no depth of its {camera.ToString().ToLowerInvariant()} camera.");
        }

        string path = _disparities[Guard.Within(label, 0, _disparities.Length - 1, nameof(label))];
        (SensorSize size, ushort[] values) = Png16.Read(path);
        return size == Rig.Sensor
            ? new DepthMap(size, [.. values.Select(value => value == 0 ? float.NaN : (float)Rig.DepthMetres(value / DisparityScale))])
            : throw BadFile.Error(path, "", $"is {size} px where the camera has {Rig.Sensor}", "Use the disparity maps of the event camera (disparity/event).");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ColumnEvents camera in _events)
        {
            camera.Dispose();
        }
    }

    private static string EventsFile(string folder, Camera camera) => Path.Combine(folder, "events", camera == Camera.Left ? "left" : "right", "events.h5");

    private static (string[] Files, long[] TimesUs) Labels(string folder, long originUs)
    {
        string maps = Path.Combine(folder, "disparity", "event"), times = Path.Combine(folder, "disparity", "timestamps.txt");
        if (!Directory.Exists(maps))
        {
            return ([], []);
        }

        string[] files = [.. Directory.EnumerateFiles(maps, "*.png").Order(StringComparer.Ordinal)];
        string[] lines = [.. File.ReadLines(times).Where(line => line.Length > 0)];
        if (lines.Length != files.Length)
        {
            throw BadFile.Error(times, "", $"has {lines.Length} times for {files.Length} disparity maps", "The ground truth is incomplete; fetch it again.");
        }

        long[] timesUs = [.. lines.Select((line, i) => long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long timeUs)
            ? timeUs - originUs
            : throw BadFile.Error(times, $"line {i + 1}", $"is \"{line}\" where a time in µs is needed", "The ground truth is damaged; fetch it again."))];
        int back = Enumerable.Range(1, Math.Max(0, timesUs.Length - 1)).FirstOrDefault(i => timesUs[i] < timesUs[i - 1]);
        return back == 0 ? (files, timesUs) : throw BadFile.Error(times, $"line {back + 1}", "lies before the line above it", "Labels must be in the order of time.");
    }
}
