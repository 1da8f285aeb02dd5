using System.Runtime.InteropServices;
using PureHDF;
using PureHDF.Filters;
using PureHDF.Selections;
using PureHDF.VOL.Native;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Writes a recording in MVSEC's layout, event by event and map by map, in memory that does not grow with its length.</summary>
/// <remarks>
/// Events go to spool files beside their place until <see cref="Complete"/>, since HDF5 wants a contiguous dataset's length first; then the files are made under
/// temporary names and renamed. Without Complete nothing is left behind. Depth maps are compressed with deflate and shuffle, which every HDF5 library reads
/// (published files use LZF, which few do).
/// </remarks>
public sealed class MvsecWriter : ISimulationSink, IDisposable
{
    private const int EventColumns = 4, CopyBytes = 1 << 20;
    private readonly string _dataPath;
    private readonly StereoRig _rig;
    private readonly StereoCalibration? _calibration;
    private readonly long _originUs;
    private readonly Spool[] _events;
    private readonly Spool[] _depths;
    private readonly List<long>[] _labelsUs = [[], []];
    private readonly long[] _lastUs = [long.MinValue, long.MinValue];
    private double[] _rows = [];

    /// <summary>Starts a recording.</summary>
    /// <param name="dataPath">Where <c>X_data.hdf5</c> belongs; <c>X_gt.hdf5</c> and, with a calibration, the folder <c>X_calib</c> go beside it.</param>
    /// <param name="rig">The cameras. A rig with maps says that events are raw, and needs the calibration.</param>
    /// <param name="calibration">The lenses of raw events; null where events are rectified.</param>
    /// <param name="originUs">The recording's zero, µs UTC; events and labels are counted from there.</param>
    /// <exception cref="ArgumentException">Events are raw and no calibration was given: nobody could read them.</exception>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public MvsecWriter(string dataPath, StereoRig rig, StereoCalibration? calibration = null, long originUs = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataPath);
        ArgumentNullException.ThrowIfNull(rig);
        if (rig.LeftMap is not null && calibration is null)
        {
            throw new ArgumentException($"The events of the rig {rig.Name} are raw; give the calibration that rectifies them.", nameof(calibration));
        }

        _dataPath = Path.GetFullPath(dataPath);
        _rig = rig;
        _calibration = rig.LeftMap is null ? null : calibration;
        _originUs = originUs;
        Directory.CreateDirectory(Path.GetDirectoryName(_dataPath)!);
        _events = [new Spool(_dataPath), new Spool(_dataPath)];
        _depths = [new Spool(_dataPath), new Spool(_dataPath)];
    }

    /// <summary>Window of per-event truth, µs, if that is what the maps hold; see <see cref="IStereoRecording.TruthIsPerEvent"/>.</summary>
    public long? TruthWindowUs { get; init; }

    /// <summary>Events written so far.</summary>
    public long Count(Camera camera) => _events[(int)camera].Length / (EventColumns * sizeof(double));

    /// <summary>Labels of the left camera written so far.</summary>
    public int Labels => _labelsUs[(int)Camera.Left].Count;

    /// <summary>Adds events of one camera.</summary>
    /// <exception cref="ArgumentException">An event comes before one written earlier, or lies off the sensor.</exception>
    public void WriteEvents(Camera camera, ReadOnlySpan<DvsEvent> events)
    {
        if (_rows.Length < events.Length * EventColumns)
        {
            _rows = new double[events.Length * EventColumns];
        }

        long previousUs = _lastUs[(int)camera];
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly DvsEvent e = ref events[i];
            if (e.TimestampUs < previousUs || !_rig.Sensor.Contains(e.X, e.Y))
            {
                throw new ArgumentException($"A {camera} event at x = {e.X}, y = {e.Y}, t = {e.TimestampUs} µs comes before the last one ({previousUs} µs) or lies off the {_rig.Sensor} sensor.", nameof(events));
            }

            Span<double> row = _rows.AsSpan(i * EventColumns, EventColumns);
            row[0] = e.X;
            row[1] = e.Y;
            row[2] = (e.TimestampUs + _originUs) / 1e6;
            row[3] = e.Polarity == Polarity.On ? 1.0 : -1.0;
            previousUs = e.TimestampUs;
        }

        _events[(int)camera].Write(MemoryMarshal.AsBytes(_rows.AsSpan(0, events.Length * EventColumns)));
        _lastUs[(int)camera] = previousUs;
    }

    /// <summary>Adds a depth map of one camera.</summary>
    /// <exception cref="ArgumentException">It has another size than the rig, or comes before the last one.</exception>
    public void WriteDepth(Camera camera, long timeUs, DepthMap depth)
    {
        ArgumentNullException.ThrowIfNull(depth);
        if (depth.Sensor != _rig.Sensor || (_labelsUs[(int)camera].Count > 0 && timeUs < _labelsUs[(int)camera][^1]))
        {
            throw new ArgumentException($"The depth map at {timeUs} µs is {depth.Sensor} px for a rig of {_rig.Sensor}, or comes before the last one.", nameof(depth));
        }

        _labelsUs[(int)camera].Add(timeUs);
        _depths[(int)camera].Write(MemoryMarshal.AsBytes(depth.Metres.AsSpan()));
    }

    /// <inheritdoc/>
    public void TakeEvents(Camera camera, ReadOnlySpan<DvsEvent> events, ReadOnlySpan<float> disparitiesPx) => WriteEvents(camera, events);

    /// <inheritdoc/>
    public void TakeDepth(Camera camera, long timeUs, DepthMap depth) => WriteDepth(camera, timeUs, depth);

    /// <summary>Makes the files from what was written.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written; nothing is left half-written.</exception>
    public void Complete()
    {
        if (_calibration is not null)
        {
            CalibrationFolder.Write(MvsecPaths.CalibrationFor(_dataPath), _calibration);
        }

        if (_labelsUs.Any(labels => labels.Count > 0))
        {
            WholeFile.WriteAside(MvsecPaths.TruthFor(_dataPath), WriteTruthFile);
        }

        WholeFile.WriteAside(_dataPath, WriteDataFile);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Spool spool in _events.Concat(_depths))
        {
            spool.Dispose();
        }
    }

    /// <summary>Makes the data file with room for the events, then copies them into it: the library itself would write them row by row.</summary>
    private void WriteDataFile(string path)
    {
        var datasets = new H5Dataset<double[]>[2];
        var davis = new H5Group();
        for (int camera = 0; camera < 2; camera++)
        {
            datasets[camera] = new H5Dataset<double[]>(fileDims: [(ulong)Count((Camera)camera), EventColumns]);
            davis[camera == 0 ? "left" : "right"] = new H5Group { ["events"] = datasets[camera] };
        }

        var file = new H5File { ["davis"] = davis };
        NoteRig(file);
        using (H5NativeWriter writer = file.BeginWrite(path, new H5WriteOptions()))
        {
            for (int camera = 0; camera < 2; camera++)
            {
                WriteEnds(writer, datasets[camera], _events[camera]);
            }
        }

        for (int camera = 0; camera < 2; camera++)
        {
            _events[camera].CopyInto(path, EventsOffset(path, (Camera)camera), CopyBytes);
        }
    }

    /// <summary>Writes the first and last row, by which their place is found again.</summary>
    private static void WriteEnds(H5NativeWriter writer, H5Dataset<double[]> dataset, Spool spool)
    {
        const int RowBytes = EventColumns * sizeof(double);
        long rows = spool.Length / RowBytes;
        foreach (long row in rows == 0 ? [] : rows == 1 ? [0L] : (long[])[0L, rows - 1])
        {
            var values = new double[EventColumns];
            spool.Read(row * RowBytes, MemoryMarshal.AsBytes(values.AsSpan()));
            writer.Write(dataset, values, fileSelection: new HyperslabSelection(2, [(ulong)row, 0], [1, EventColumns]));
        }
    }

    private static long EventsOffset(string path, Camera camera)
    {
        using Hdf5File file = Hdf5File.Open(path);
        using var rows = new Hdf5Rows<double>(file, MvsecEvents.Dataset(camera), EventColumns);
        return rows.Count == 0 || rows.IsMapped ? rows.Offset : throw new IOException($"{path}: the events' place in the file was not found.");
    }

    private void WriteTruthFile(string path)
    {
        (int width, int height) = (_rig.Sensor.Width, _rig.Sensor.Height);
        var davis = new H5Group();
        var maps = new H5Dataset<float[]>?[2];
        for (int camera = 0; camera < 2; camera++)
        {
            if (_labelsUs[camera].Count > 0)
            {
                maps[camera] = new H5Dataset<float[]>(
                    fileDims: [(ulong)_labelsUs[camera].Count, (ulong)height, (ulong)width], chunks: [1, (uint)height, (uint)width],
                    datasetCreation: new H5DatasetCreation(Filters: [ShuffleFilter.Id, new H5Filter(DeflateFilter.Id, new() { [DeflateFilter.COMPRESSION_LEVEL] = 1 })]));
                davis[camera == 0 ? "left" : "right"] = new H5Group
                {
                    ["depth_image_rect"] = maps[camera]!,
                    ["depth_image_rect_ts"] = _labelsUs[camera].Select(time => (time + _originUs) / 1e6).ToArray(),
                };
            }
        }

        var file = new H5File { ["davis"] = davis };
        if (TruthWindowUs is { } window)
        {
            file.Attributes[MvsecAttributes.TruthWindowUs] = (double)window;
        }

        using H5NativeWriter writer = file.BeginWrite(path, new H5WriteOptions());
        var metres = new float[_rig.Sensor.Pixels];
        for (int camera = 0; camera < 2; camera++)
        {
            for (int label = 0; label < _labelsUs[camera].Count; label++)
            {
                _depths[camera].Read((long)label * metres.Length * sizeof(float), MemoryMarshal.AsBytes(metres.AsSpan()));
                writer.Write(maps[camera]!, metres, fileSelection: new HyperslabSelection(3, [(ulong)label, 0, 0], [1, (ulong)height, (ulong)width]));
            }
        }
    }

    private void NoteRig(H5File file)
    {
        file.Attributes[MvsecAttributes.Width] = (double)_rig.Sensor.Width;
        file.Attributes[MvsecAttributes.Height] = (double)_rig.Sensor.Height;
        file.Attributes[MvsecAttributes.FocalPx] = _rig.FocalPx;
        file.Attributes[MvsecAttributes.BaselineMetres] = _rig.BaselineMetres;
        file.Attributes[MvsecAttributes.CentreXPx] = _rig.CentreXPx;
        file.Attributes[MvsecAttributes.CentreYPx] = _rig.CentreYPx;
        file.Attributes[MvsecAttributes.RigName] = _rig.Name;
        file.Attributes[MvsecAttributes.EventsRectified] = _rig.LeftMap is null ? 1.0 : 0.0;
    }
}
