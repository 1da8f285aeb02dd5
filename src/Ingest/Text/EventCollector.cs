using System.Runtime.InteropServices;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Gathers streamed events in memory and makes a recording of them whose time starts at the first.</summary>
internal sealed class EventCollector
{
    private const long MostLabels = 10_000_000;   // 5.8 days at 20 Hz

    private readonly List<DvsEvent>[] _events = [[], []];
    private readonly List<float>[] _disparitiesPx = [[], []];
    private readonly EventTextOptions _options;
    private readonly SensorSize _sensor;
    private readonly bool _hasDisparity;

    public EventCollector(EventTextOptions options)
    {
        _options = options;
        _sensor = options.Sensor ?? throw new ArgumentException("The file does not tell the sensor's size; set Sensor (width and height in pixels).", nameof(options));
        _hasDisparity = options.Order.Contains('d');
    }

    public void Add(ReadOnlySpan<StereoTextEvent> events)
    {
        foreach (ref readonly StereoTextEvent e in events)
        {
            _events[(int)e.Camera].Add(e.Event);
            if (_hasDisparity)
            {
                _disparitiesPx[(int)e.Camera].Add(e.DisparityPx);
            }
        }
    }

    /// <exception cref="ArgumentException">The options lack the rig's geometry.</exception>
    /// <exception cref="InvalidDataException">There is no event, or they span too long.</exception>
    public StereoEventList ToStereo(string path, EventTextCounts counts)
    {
        StereoRig rig = Rig(path);
        long originUs = TakeOrigin(path, counts);
        var left = new EventArray(_sensor, _events[0].ToArray());
        var right = new EventArray(_sensor, _events[1].ToArray());
        string name = Path.GetFileNameWithoutExtension(path);
        return _hasDisparity
            ? new StereoEventList(name, rig, originUs, left, right, [.. _disparitiesPx[0]], [.. _disparitiesPx[1]], _options.LabelIntervalUs, _options.TruthWindowUs)
            {
                Counts = counts,
            }
            : new StereoEventList(name, rig, originUs, left, right) { Counts = counts };
    }

    /// <exception cref="InvalidDataException">There is no event, or they span too long.</exception>
    public CameraEventList ToCamera(string path, EventTextCounts counts)
    {
        long originUs = TakeOrigin(path, counts);
        return new CameraEventList(Path.GetFileNameWithoutExtension(path), new EventArray(_sensor, _events[0].ToArray()), originUs, counts);
    }

    private StereoRig Rig(string path) => _options is { FocalPx: double focalPx, BaselineMetres: double baselineMetres }
        ? new StereoRig
        {
            Name = Path.GetFileNameWithoutExtension(path),
            Sensor = _sensor,
            FocalPx = focalPx,
            BaselineMetres = baselineMetres,
            CentreXPx = (_sensor.Width - 1) / 2.0,
            CentreYPx = (_sensor.Height - 1) / 2.0,
        }
        : throw new ArgumentException($"{path}: such a file does not tell the cameras' geometry; give the focal length in pixels and the baseline in metres.");

    /// <summary>Subtracts the first time of either camera from all.</summary>
    private long TakeOrigin(string path, EventTextCounts counts)
    {
        List<DvsEvent>[] seen = [.. _events.Where(list => list.Count > 0)];
        if (seen.Length == 0)
        {
            throw BadFile.Error(path, "", $"holds {counts.Read} events, none of them on the {_sensor} sensor", "Check the sensor's size, the order of the columns, and that the file is whole.");
        }

        long originUs = seen.Min(list => list[0].TimestampUs);
        long lastUs = seen.Max(list => list[^1].TimestampUs) - originUs;
        if (lastUs / _options.LabelIntervalUs > MostLabels)
        {
            throw BadFile.Error(path, "", $"spans {lastUs / 1e6:F0} s, more than {MostLabels} label intervals", "Check the unit of its time.");
        }

        foreach (List<DvsEvent> list in seen)
        {
            foreach (ref DvsEvent e in CollectionsMarshal.AsSpan(list))
            {
                e = e with { TimestampUs = e.TimestampUs - originUs };
            }
        }

        return originUs;
    }
}
