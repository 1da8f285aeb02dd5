using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>One camera's events, cut to windows and moved to rectified pixels in a buffer that is used again.</summary>
internal sealed class RectifiedEvents
{
    private readonly string _recording;
    private readonly Camera _camera;
    private readonly IEventSequence _events;
    private readonly RectificationMap? _map;
    private DvsEvent[] _buffer = [];
    private long _lastEndUs = long.MinValue;
    private long _lastEnd;

    /// <summary>Takes a camera of a recording.</summary>
    /// <exception cref="ArgumentException">The camera or its map has another size than the rig.</exception>
    public RectifiedEvents(IStereoRecording recording, Camera camera)
    {
        _recording = recording.Name;
        _camera = camera;
        _events = recording.Events(camera);
        _map = recording.Rig.Map(camera);
        SensorSize sensor = recording.Rig.Sensor;
        if (_events.Sensor != sensor || (_map is not null && _map.Sensor != sensor))
        {
            throw new ArgumentException(
                $"{_recording}: the rig '{recording.Rig.Name}' has {sensor} px, but its {camera} camera {_events.Sensor}" +
                $"{(_map is null ? "" : $" and that camera's rectification map {_map.Sensor}")}. Use the calibration of this recording.",
                nameof(recording));
        }
    }

    /// <summary>Events read and dropped so far.</summary>
    public EventTally Tally { get; private set; }

    /// <summary>Reads the events of a window, in time order.</summary>
    /// <returns>A part of the buffer, valid until the next call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="StereoWindowReader.MaximumEvents"/>.</exception>
    /// <exception cref="InvalidDataException">The recording is damaged there.</exception>
    public ReadOnlyMemory<DvsEvent> Read(TimeWindow window)
    {
        long first = window.StartUs == _lastEndUs ? _lastEnd : _events.LowerBound(window.StartUs);
        long end = _events.LowerBound(window.EndUs);
        int count = Reserve(window, end - first);
        Span<DvsEvent> events = _buffer.AsSpan(0, count);
        _events.Read(first, events);
        _lastEndUs = window.EndUs;
        _lastEnd = end;
        int kept = _map is null ? count : Rectify(events, _map);
        Tally = new EventTally(Tally.Read + count, Tally.Dropped + count - kept);
        return _buffer.AsMemory(0, kept);
    }

    /// <summary>Moves events in place, closing the gaps that dropped ones leave.</summary>
    /// <returns>How many remain, at the front and in order.</returns>
    private static int Rectify(Span<DvsEvent> events, RectificationMap map)
    {
        int kept = 0;
        for (int i = 0; i < events.Length; i++)
        {
            DvsEvent e = events[i];
            bool stays = map.TryMap(e.X, e.Y, out ushort x, out ushort y);
            events[kept] = new DvsEvent(e.TimestampUs, x, y, e.Polarity);   // a dropped one is overwritten by the next
            kept += stays ? 1 : 0;
        }

        return kept;
    }

    private int Reserve(TimeWindow window, long count)
    {
        if (count < 0)   // a search in times that do not ascend can end anywhere
        {
            throw new InvalidDataException(
                $"{_recording}: the {_camera} camera's events are out of order near the window {window}. Sort them by time, or read the recording in its original form.");
        }

        if (count > StereoWindowReader.MaximumEvents)
        {
            throw new ArgumentOutOfRangeException(
                nameof(window), window,
                $"{_recording}: the window {window} holds {count} events of the {_camera} camera; at most {StereoWindowReader.MaximumEvents} are read at once. Read shorter windows.");
        }

        if (count > _buffer.Length)
        {
            _buffer = new DvsEvent[BitOperations.RoundUpToPowerOf2((uint)count)];
        }

        return (int)count;
    }
}
