using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace StereoSpike.Ingest;

/// <summary>A recording as its cameras spoke: in real time, slower, faster or as fast as it is taken; with pause, single steps, seeking and loops.</summary>
/// <remarks>
/// Events are due when the clock of the replay passes them, a millisecond at a time, the left camera's before the right one's; their latency counts from when they were due, not from when they were read.
/// All properties and methods but <see cref="ReadAsync"/> may be used from any thread while it runs. The recording stays the caller's, and belongs to the stream while it is read.
/// </remarks>
public sealed class ReplaySource : IStereoSource
{
    /// <summary>The greatest speed that is still a speed; beyond it take <see cref="double.PositiveInfinity"/>.</summary>
    public const double MaximumSpeed = 1_000;

    private const long TickUs = 1_000;
    private readonly IStereoRecording _recording;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly DvsEvent[] _events = new DvsEvent[EventPacket.MaximumEvents];
    private readonly long[] _next = new long[2];
    private double _speed = 1;
    private bool _paused;
    private long _positionUs;
    private long _stepsLeft;
    private long? _seekUs;

    /// <summary>Opens a recording for replay, at its beginning.</summary>
    /// <param name="recording">The recording.</param>
    public ReplaySource(IStereoRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        _recording = recording;
        _positionUs = recording.Span.StartUs;
    }

    /// <inheritdoc/>
    public string Name => _recording.Name;

    /// <inheritdoc/>
    public StereoRig Rig => _recording.Rig;

    /// <inheritdoc/>
    public StreamFaults Faults { get; } = new();

    /// <summary>The recording's time that it covers, µs.</summary>
    public TimeWindow Span => _recording.Span;

    /// <summary>How fast: 1 is as it was; infinity waits for nothing but its reader.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, NaN, or more than <see cref="MaximumSpeed"/> and finite.</exception>
    public double Speed
    {
        get
        {
            lock (_gate)
            {
                return _speed;
            }
        }

        set
        {
            Guard.Above(value, 0.0);
            Change(() => _speed = double.IsPositiveInfinity(value) ? value : Guard.Within(value, 0.0, MaximumSpeed, nameof(Speed)));
        }
    }

    /// <summary>Whether it begins again at its end.</summary>
    public bool Loop { get; set; }

    /// <summary>Whether it stands still at its end, to be sought elsewhere, rather than ending.</summary>
    public bool StaysAtEnd { get; init; }

    /// <summary>Whether it stands still.</summary>
    public bool Paused
    {
        get
        {
            lock (_gate)
            {
                return _paused;
            }
        }

        set => Change(() => (_paused, _stepsLeft) = (value, 0));
    }

    /// <summary>How far it is, µs of the recording.</summary>
    public long PositionUs
    {
        get
        {
            lock (_gate)
            {
                return _seekUs ?? _positionUs;
            }
        }
    }

    /// <summary>A time on which windows should end, µs: a label's, where the recording has labels.</summary>
    private long AnchorUs => _recording.LabelTimesUs.Count > 0 ? _recording.LabelTimesUs[0] : _recording.Span.StartUs;

    /// <summary>Goes elsewhere in time.</summary>
    /// <param name="timeUs">µs of the recording; what lies outside takes the nearer end.</param>
    public void Seek(long timeUs) => Change(() => _seekUs = Math.Clamp(timeUs, Span.StartUs, Span.EndUs));

    /// <summary>Pauses, and plays a piece as fast as it is taken.</summary>
    /// <param name="durationUs">Its length, µs, at least 1.</param>
    public void Step(long durationUs)
    {
        Guard.AtLeast(durationUs, 1L);
        Change(() => (_paused, _stepsLeft) = (true, durationUs));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Enter(PositionUs);
        yield return StreamBatch.Restart(AnchorUs, Stopwatch.GetTimestamp());
        var pace = new Pace(PositionUs, Speed);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            (long? seekUs, bool moves, bool atOnce, double speed) = Look();
            if (seekUs is { } targetUs)
            {
                Enter(targetUs);
                pace = new Pace(targetUs, speed);
                yield return StreamBatch.Restart(AnchorUs, Stopwatch.GetTimestamp());
                continue;
            }

            if (!moves || (StaysAtEnd && !Loop && _positionUs >= Span.EndUs))
            {
                await _changed.WaitAsync(cancellation).ConfigureAwait(false);
                pace = new Pace(PositionUs, Speed);
                continue;
            }

            if (_positionUs >= Span.EndUs)
            {
                if (!Loop)
                {
                    yield break;
                }

                Seek(Span.StartUs);
                continue;
            }

            pace = pace.Speed == speed ? pace : new Pace(_positionUs, speed);
            long untilUs = Math.Min(Span.EndUs, _positionUs + (atOnce ? Math.Clamp(_stepsLeft, 1, TickUs) : pace.TickUs));
            long due = atOnce ? Stopwatch.GetTimestamp() : pace.DueAt(untilUs);
            if (!double.IsPositiveInfinity(speed) && Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { TotalMilliseconds: >= 1 } wait
                && await _changed.WaitAsync(wait, cancellation).ConfigureAwait(false))
            {
                continue;   // something was changed while it waited
            }

            Advance(untilUs);   // before anything is handed out: what its reader asks for meanwhile is about what follows
            due = double.IsPositiveInfinity(speed) ? Stopwatch.GetTimestamp() : due;
            for (Camera camera = Camera.Left; camera <= Camera.Right; camera++)
            {
                while (ReadSome(camera, untilUs) is { IsEmpty: false } events)
                {
                    yield return StreamBatch.Of(camera, events, due);
                }
            }

            yield return StreamBatch.Clock(Camera.Left, untilUs, due);
            yield return StreamBatch.Clock(Camera.Right, untilUs, due);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _changed.Dispose();

    private (long? SeekUs, bool Moves, bool AtOnce, double Speed) Look()
    {
        lock (_gate)
        {
            return (_seekUs, !_paused || _stepsLeft > 0, _stepsLeft > 0, _speed);
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    private void Enter(long timeUs)
    {
        lock (_gate)
        {
            (_positionUs, _seekUs) = (timeUs, null);
        }

        _next[0] = _recording.Events(Camera.Left).LowerBound(timeUs);
        _next[1] = _recording.Events(Camera.Right).LowerBound(timeUs);
    }

    private void Advance(long untilUs)
    {
        lock (_gate)
        {
            _stepsLeft = Math.Max(0, _stepsLeft - (untilUs - _positionUs));
            _positionUs = untilUs;
        }
    }

    private ReadOnlyMemory<DvsEvent> ReadSome(Camera camera, long untilUs)
    {
        IEventSequence events = _recording.Events(camera);
        int count = (int)Math.Clamp(events.LowerBound(untilUs) - _next[(int)camera], 0, _events.Length);
        events.Read(_next[(int)camera], _events.AsSpan(0, count));
        _next[(int)camera] += count;
        return _events.AsMemory(0, count);
    }

    /// <summary>When the recording's times are due.</summary>
    private readonly struct Pace(long startUs, double speed)
    {
        private readonly long _began = Stopwatch.GetTimestamp();

        public double Speed => speed;

        /// <summary>How much of the recording comes at once, µs: a millisecond of it, and less where it is slowed down. Longer pieces would set one camera ahead of the other.</summary>
        public long TickUs => Math.Max(10, (long)(ReplaySource.TickUs * Math.Min(1, speed)));

        public long DueAt(long timeUs) => _began + (long)((timeUs - startUs) / speed * (Stopwatch.Frequency / 1e6));
    }
}
