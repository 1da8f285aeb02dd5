using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>A recording in the layout of the Multi Vehicle Stereo Event Camera dataset, read piece by piece.</summary>
/// <remarks>Layout: Zhu et al., "The Multi Vehicle Stereo Event Camera Dataset", IEEE RA-L 2018 (arXiv:1801.10202). The origin is the first event of either camera, in whole µs UTC.</remarks>
public sealed class MvsecRecording : IStereoRecording
{
    private readonly Hdf5File _data;
    private readonly Hdf5File? _truth;
    private readonly Hdf5Rows<double>[] _rows;
    private readonly MvsecEvents[] _events;
    private readonly MvsecDepth?[] _depth;

    private MvsecRecording(string path, Hdf5File data, Hdf5File? truth, StereoRig rig)
    {
        _data = data;
        _truth = truth;
        Name = MvsecPaths.Name(path);
        _rows = [new Hdf5Rows<double>(data, MvsecEvents.Dataset(Camera.Left), 4), new Hdf5Rows<double>(data, MvsecEvents.Dataset(Camera.Right), 4)];
        _depth = truth is null ? [null, null] : [MvsecDepth.Open(truth, Camera.Left), MvsecDepth.Open(truth, Camera.Right)];
        Rig = rig;
        CheckSizes(path);
        OriginUs = Origin();
        _events = [.. _rows.Select((rows, camera) => new MvsecEvents(data, rows, MvsecEvents.Dataset((Camera)camera), Rig.Sensor, OriginUs))];
        LabelTimesUs = [.. (_depth[0]?.ClockTimesUs ?? []).Select(time => time - OriginUs)];
        Span = SpanOf(_events);
        TruthWindowUs = truth?.Number(MvsecAttributes.TruthWindowUs) is { } window and >= 1 and < 1e12 ? (long)window : null;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <inheritdoc/>
    public long OriginUs { get; }

    /// <inheritdoc/>
    public TimeWindow Span { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> LabelTimesUs { get; }

    /// <inheritdoc/>
    public bool TruthIsPerEvent => TruthWindowUs is not null;

    /// <inheritdoc/>
    public long? TruthWindowUs { get; }

    /// <summary>Whether the events lie uncompressed in one piece and are read straight from the mapped file.</summary>
    public bool IsMapped => _rows.All(rows => rows.IsMapped || rows.Count == 0);

    /// <summary>Opens a recording.</summary>
    /// <param name="dataPath"><c>X_data.hdf5</c>; <c>X_gt.hdf5</c> is taken from beside it if it is there.</param>
    /// <param name="rig">The cameras and their rectification (<see cref="StereoCalibration.OpenFolder"/>); null to take a calibration folder beside the file, or what our writer noted in it.</param>
    /// <exception cref="InvalidDataException">A file is damaged, a dataset missing or misshapen, or no calibration is found.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static MvsecRecording Open(string dataPath, StereoRig? rig = null) => Open(dataPath, (data, _) => rig ?? RigOf(dataPath, data));

    /// <summary>Opens a recording without knowing its cameras: to look at events and labels, not to measure with.</summary>
    /// <param name="dataPath">As for <see cref="Open(string, StereoRig?)"/>. The sensor's size is noted in the file, or that of the depth maps, or MVSEC's 346×260.</param>
    /// <returns>A recording whose rig has a focal length of 1 px and a baseline of 1 m.</returns>
    /// <inheritdoc cref="Open(string, StereoRig?)" path="/exception"/>
    public static MvsecRecording OpenUncalibrated(string dataPath) => Open(dataPath, (data, truth) =>
    {
        SensorSize sensor = MvsecAttributes.ReadSensor(data) ?? (truth is null ? null : MvsecDepth.Open(truth, Camera.Left)?.Sensor) ?? new SensorSize(346, 260);
        return new StereoRig { Name = "uncalibrated", Sensor = sensor, FocalPx = 1, BaselineMetres = 1, CentreXPx = 0, CentreYPx = 0 };
    });

    private static MvsecRecording Open(string dataPath, Func<Hdf5File, Hdf5File?, StereoRig> rig)
    {
        Hdf5File? data = null, truth = null;
        try
        {
            data = Hdf5File.Open(dataPath);
            truth = MvsecPaths.Truth(dataPath) is { } path ? Hdf5File.Open(path) : null;
            return new MvsecRecording(dataPath, data, truth, rig(data, truth));
        }
        catch
        {
            truth?.Dispose();
            data?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IEventSequence Events(Camera camera) => _events[(int)camera];

    /// <inheritdoc/>
    public bool HasDepth(Camera camera) => _depth[(int)camera] is not null;

    /// <inheritdoc/>
    public DepthMap ReadDepth(int label, Camera camera = Camera.Left)
    {
        MvsecDepth depth = _depth[(int)camera] ?? throw new InvalidOperationException($"{Name} has no depth of its {camera.ToString().ToLowerInvariant()} camera.");
        return depth.Read(Guard.Within(label, 0, depth.ClockTimesUs.Length - 1, nameof(label)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Hdf5Rows<double> rows in _rows)
        {
            rows.Dispose();
        }

        foreach (MvsecDepth? depth in _depth)
        {
            depth?.Dispose();
        }

        _truth?.Dispose();
        _data.Dispose();
    }

    private static StereoRig RigOf(string path, Hdf5File data)
    {
        StereoRig? noted = MvsecAttributes.ReadRig(data, out bool needsMaps);
        if (noted is not null && !needsMaps)
        {
            return noted;
        }

        return MvsecPaths.Calibration(path) is { } folder
            ? StereoCalibration.OpenFolder(folder)
            : throw BadFile.Error(path, "", "comes without a calibration: its events are raw and nothing says how to rectify them", "Name the calibration folder (--calibration SCENE_calib), or put it beside the file.");
    }

    private void CheckSizes(string path)
    {
        foreach (MvsecDepth depth in _depth.OfType<MvsecDepth>())
        {
            if (depth.Sensor != Rig.Sensor)
            {
                throw BadFile.Error(path, "depth_image_rect", $"is {depth.Sensor} px and the calibration {Rig.Name} is for {Rig.Sensor}", "Name the calibration that belongs to the recording.");
            }
        }

        if (_depth[0] is { } left && _depth[1] is { } right && left.ClockTimesUs.Length > right.ClockTimesUs.Length)
        {
            throw BadFile.Error(path, "davis/right/depth_image_rect", $"has {right.ClockTimesUs.Length} maps and the left camera {left.ClockTimesUs.Length}", "The ground truth is cut short; fetch it again.");
        }
    }

    private long Origin()
    {
        long[] firsts = [.. _rows.Select((rows, camera) => (rows, camera)).Where(pair => pair.rows.Count > 0)
            .Select(pair => MvsecEvents.ClockUs(_data, MvsecEvents.Dataset((Camera)pair.camera), 0, pair.rows.At(0, 1)[2]))];
        return firsts.Length > 0 ? firsts.Min() : _depth[0]?.ClockTimesUs.FirstOrDefault() ?? 0;
    }

    private static TimeWindow SpanOf(MvsecEvents[] events)
    {
        MvsecEvents[] seen = [.. events.Where(camera => camera.Count > 0)];
        return seen.Length == 0 ? default : new TimeWindow(seen.Min(camera => camera.TimeUs(0)), seen.Max(camera => camera.TimeUs(camera.Count - 1)) + 1);
    }
}
