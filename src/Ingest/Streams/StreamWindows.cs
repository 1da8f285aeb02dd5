namespace StereoSpike.Ingest;

/// <summary>Cuts a live stream into windows of one length at a fixed step, both cameras on one clock, overlapping or not.</summary>
/// <remarks>
/// Events are counted as they come and not kept: a step is [4,H,W] counts, a window the sum of its steps, brought forward by adding the new step and taking the oldest away. So memory and
/// the work on a window do not depend on how many events come, and the order of events within a step does not matter.
/// <code>
/// clock   = max( min(t_left, t_right) − reorder,  max(t_left, t_right) − skew )      t: the newest time of a camera
/// a step [s, e) closes when clock ≥ e; an event of a closed step is late
/// </code>
/// A jump in time beyond <see cref="StreamWindowSettings.RestartUs"/> closes what is open and begins anew. Before a beginning's first event and after the last before a jump no windows are made;
/// a beginning's first windows reach back to where nothing was, and are made from what there is.
/// Batches are taken by one thread; windows are resolved from any.
/// </remarks>
public sealed class StreamWindows
{
    private const int Channels = 4;
    private readonly StreamWindowSettings _settings;
    private readonly SensorSize _sensor;
    private readonly RectificationMap?[] _maps;
    private readonly Queue<CountSlice> _held = new();      // closed, and part of windows to come; oldest first
    private readonly List<CountSlice> _open = [];          // not closed; neighbours in time
    private readonly Stack<CountSlice> _freeSlices = new();
    private readonly Stack<CountWindow> _freeWindows = new();
    private readonly float[] _sum;
    private readonly long[] _newest = [long.MinValue, long.MinValue];
    private readonly Lock _gate = new();
    private long _anchorUs;
    private bool _begun;
    private bool _seenEvents;
    private StreamTally _tally;
    private long _windows;
    private long _restarts;

    /// <summary>Makes an empty one.</summary>
    /// <param name="rig">The cameras; their maps rectify.</param>
    /// <param name="settings">How to cut.</param>
    /// <exception cref="ArgumentException">The settings contradict one another.</exception>
    public StreamWindows(StereoRig rig, StreamWindowSettings settings)
    {
        ArgumentNullException.ThrowIfNull(rig);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        (_settings, _sensor) = (settings, rig.Sensor);
        _maps = [rig.LeftMap, rig.RightMap];
        _sum = new float[Channels * _sensor.Pixels];
    }

    /// <summary>What became of the events so far.</summary>
    public StreamTally Tally
    {
        get
        {
            lock (_gate)
            {
                return _tally;
            }
        }
    }

    /// <summary>Windows made so far.</summary>
    public long Windows => Volatile.Read(ref _windows);

    /// <summary>How often the clock began anew, the first time left out.</summary>
    public long Restarts => Volatile.Read(ref _restarts);

    /// <summary>Takes a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>The windows that it completes, in order: take all of them, for the batch is counted meanwhile, and what is left of it when no more are asked for is skipped.</returns>
    public IEnumerable<CountWindow> Add(StreamBatch batch) => batch.Kind switch
    {
        BatchKind.Clock => Tick(batch.Camera, batch.TimeUs, batch.ArrivedAt),
        BatchKind.Restart => Begin(batch.TimeUs, batch.ArrivedAt),
        _ => Count(batch),
    };

    /// <summary>Closes what is open, at a stream's end.</summary>
    /// <returns>The last windows.</returns>
    public IEnumerable<CountWindow> Finish()
    {
        foreach (CountWindow window in Flush(System.Diagnostics.Stopwatch.GetTimestamp()))
        {
            yield return window;
        }

        Forget();
    }

    /// <summary>Gives up what is open, when a run is cut short: its events are skipped, unless a window of them was answered.</summary>
    public void Abandon() => Forget();

    internal void Resolve(CountWindow window, bool answered)
    {
        lock (_gate)
        {
            foreach (CountSlice slice in window.Slices)
            {
                slice.Pending--;
                if (answered && !slice.Answered)
                {
                    slice.Answered = true;
                    _tally = _tally with { Used = _tally.Used + slice.Events, Waiting = _tally.Waiting - slice.Events };
                }

                LetGoIfDone(slice);
            }

            window.Slices.Clear();
            _freeWindows.Push(window);
        }
    }

    private IEnumerable<CountWindow> Tick(Camera camera, long timeUs, long arrivedAt)
    {
        if (!_begun || IsJump(timeUs))
        {
            foreach (CountWindow window in Begin(_anchorUs, arrivedAt))
            {
                yield return window;
            }
        }

        Start(timeUs);
        foreach (CountWindow window in Advance(camera, timeUs, arrivedAt))
        {
            yield return window;
        }
    }

    private IEnumerable<CountWindow> Count(StreamBatch batch)
    {
        lock (_gate)
        {
            _tally = _tally with { In = _tally.In + batch.Events.Length, Waiting = _tally.Waiting + batch.Events.Length };
        }

        int i = 0;
        try
        {
            while ((i = CountUntilClosing(batch.Camera, batch.Events.Span, i)) < batch.Events.Length)
            {
                foreach (CountWindow window in Tick(batch.Camera, batch.Events.Span[i].TimestampUs, batch.ArrivedAt))
                {
                    yield return window;
                }
            }
        }
        finally
        {
            lock (_gate)   // a run that is cut short within a batch: what is left of it is in no window
            {
                _tally = _tally with { Skipped = _tally.Skipped + batch.Events.Length - i, Waiting = _tally.Waiting - (batch.Events.Length - i) };
            }
        }
    }

    /// <summary>Counts events up to one that closes a step or jumps.</summary>
    /// <returns>The index of that event; the number of events where there is none.</returns>
    private int CountUntilClosing(Camera camera, ReadOnlySpan<DvsEvent> events, int first)
    {
        if (!_begun)
        {
            return first;
        }

        long closing = ClosingTimeUs(camera), newest = _newest[(int)camera], late = 0, off = 0;
        long oldest = _open[0].StartUs, restartUs = oldest - _settings.RestartUs;
        RectificationMap? map = _maps[(int)camera];
        int i = first, width = _sensor.Width, plane = _sensor.Pixels, channel = 2 * plane * (int)camera;
        CountSlice? slice = null;
        float[] counts = [];
        long inSlice = 0;
        for (; i < events.Length; i++)
        {
            ref readonly DvsEvent e = ref events[i];
            long timeUs = e.TimestampUs;
            if (timeUs >= closing || timeUs < restartUs)
            {
                break;
            }

            newest = Math.Max(newest, timeUs);
            if (timeUs < oldest)
            {
                late++;
                continue;
            }

            int place = _sensor.Contains(e.X, e.Y) ? map is null ? (e.Y * width) + e.X : map.Targets[(e.Y * width) + e.X] : -1;
            if (place < 0)
            {
                off++;
                continue;
            }

            if (slice is null || timeUs < slice.StartUs || timeUs - slice.StartUs >= _settings.StepUs)
            {
                slice?.Credit(camera, inSlice);
                (slice, inSlice) = (Open(timeUs), 0);
                counts = slice.Counts;
            }

            counts[channel + EncoderDoor.Skip(e.Polarity, plane) + place]++;
            inSlice++;
        }

        slice?.Credit(camera, inSlice);
        _newest[(int)camera] = newest;
        lock (_gate)
        {
            _tally = _tally with { Late = _tally.Late + late, OffSensor = _tally.OffSensor + off, Waiting = _tally.Waiting - late - off };
        }

        return i;
    }

    /// <summary>The time at which this camera's clock closes the oldest open step.</summary>
    private long ClosingTimeUs(Camera camera)
    {
        long endUs = _open[0].StartUs + _settings.StepUs, other = _newest[1 - (int)camera];
        return endUs + (other >= endUs + _settings.ReorderUs ? _settings.ReorderUs : _settings.MaximumSkewUs);
    }

    private bool IsJump(long timeUs) =>
        timeUs < _open[0].StartUs - _settings.RestartUs || timeUs - Math.Max(Math.Max(_newest[0], _newest[1]), _open[0].StartUs) > _settings.RestartUs;

    /// <summary>Begins anew; the first event or tick says when.</summary>
    private IEnumerable<CountWindow> Begin(long anchorUs, long arrivedAt)
    {
        foreach (CountWindow window in Flush(arrivedAt))
        {
            yield return window;
        }

        if (_begun)
        {
            Interlocked.Increment(ref _restarts);
        }

        Forget();
        _anchorUs = anchorUs;
    }

    private void Start(long timeUs)
    {
        if (_begun)
        {
            return;
        }

        // The other camera's first events may be a little older.
        long earliestUs = timeUs - _settings.MaximumSkewUs - _anchorUs, remainder = earliestUs % _settings.StepUs;
        OpenAt(_anchorUs + earliestUs - remainder - (remainder < 0 ? _settings.StepUs : 0));
        _begun = true;
    }

    /// <summary>Moves a camera's clock on and closes the steps that this completes.</summary>
    private IEnumerable<CountWindow> Advance(Camera camera, long timeUs, long arrivedAt)
    {
        _newest[(int)camera] = Math.Max(_newest[(int)camera], timeUs);
        while (_newest[(int)camera] >= ClosingTimeUs(camera))
        {
            if (Close(arrivedAt) is { } window)
            {
                yield return window;
            }
        }
    }

    /// <summary>Closes open steps up to the last that has events.</summary>
    private IEnumerable<CountWindow> Flush(long arrivedAt)
    {
        for (int left = _open.FindLastIndex(slice => slice.Events > 0); left >= 0; left--)
        {
            if (Close(arrivedAt) is { } window)
            {
                yield return window;
            }
        }
    }

    private void Forget()
    {
        lock (_gate)
        {
            foreach (CountSlice slice in _held.Concat(_open))
            {
                slice.Held = false;
                LetGoIfDone(slice);
            }
        }

        _held.Clear();
        _open.Clear();
        Array.Clear(_sum);
        (_newest[0], _newest[1]) = (long.MinValue, long.MinValue);
        (_begun, _seenEvents) = (false, false);
    }

    /// <summary>Closes the oldest open step.</summary>
    /// <returns>The window that ends with it; null before the first event.</returns>
    private CountWindow? Close(long arrivedAt)
    {
        CountSlice slice = _open[0];
        _open.RemoveAt(0);
        if (_open.Count == 0)
        {
            OpenAt(slice.StartUs + _settings.StepUs);
        }

        _seenEvents |= slice.Events > 0;
        _held.Enqueue(slice);
        slice.AddTo(_sum);
        CountWindow? window = _seenEvents ? Make(slice.StartUs + _settings.StepUs, arrivedAt) : null;
        if (_held.Count == _settings.Steps)
        {
            CountSlice oldest = _held.Dequeue();
            oldest.TakeFrom(_sum);
            lock (_gate)
            {
                oldest.Held = false;
                LetGoIfDone(oldest);
            }
        }

        return window;
    }

    private CountWindow Make(long endUs, long arrivedAt)
    {
        CountWindow? window;
        lock (_gate)
        {
            _freeWindows.TryPop(out window);
        }

        window ??= new CountWindow(this, _sensor);
        (window.Window, window.CompletedAt, window.LeftCount, window.RightCount) = (TimeWindow.EndingAt(endUs, _settings.WindowUs), arrivedAt, 0, 0);
        _sum.CopyTo(window.Counts.Values, 0);
        lock (_gate)
        {
            foreach (CountSlice slice in _held)
            {
                slice.Pending++;
                window.Slices.Add(slice);
                (window.LeftCount, window.RightCount) = (window.LeftCount + slice.Left, window.RightCount + slice.Right);
            }
        }

        Interlocked.Increment(ref _windows);
        return window;
    }

    /// <summary>The open step of a time, made if need be with those before it.</summary>
    private CountSlice Open(long timeUs)
    {
        int index = (int)((timeUs - _open[0].StartUs) / _settings.StepUs);
        while (_open.Count <= index)
        {
            OpenAt(_open[^1].StartUs + _settings.StepUs);
        }

        return _open[index];
    }

    private void OpenAt(long startUs)
    {
        CountSlice? slice;
        lock (_gate)
        {
            _freeSlices.TryPop(out slice);
        }

        slice ??= new CountSlice(Channels * _sensor.Pixels);
        slice.Clear(startUs);
        _open.Add(slice);
    }

    /// <summary>Under the gate: a step that no window can come of any more is accounted for, and free.</summary>
    private void LetGoIfDone(CountSlice slice)
    {
        if (slice.Held || slice.Pending > 0)
        {
            return;
        }

        if (!slice.Answered)
        {
            _tally = _tally with { Skipped = _tally.Skipped + slice.Events, Waiting = _tally.Waiting - slice.Events };
        }

        _freeSlices.Push(slice);
    }
}
