using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;

namespace StereoSpike.Serve;

/// <summary>A live pipeline at work, its last answer, and what may be changed while it runs.</summary>
/// <remarks>Safe to use from any thread. Source, recording and engine stay the caller's.</remarks>
public sealed class LiveSession : IAsyncDisposable
{
    private readonly LiveDepth _pipeline;
    private readonly IStereoSource _source;
    private readonly LiveTruth? _truth;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Task _running;
    private LiveSettings _settings;
    private volatile bool _cutsAnew;
    private Snapshot? _latest;
    private string _status = "running";
    private string? _message;

    /// <summary>Begins.</summary>
    /// <param name="pipeline">The network.</param>
    /// <param name="source">Where events come from; a <see cref="ReplaySource"/> can be paused and sought.</param>
    /// <param name="settings">How to answer.</param>
    /// <param name="truth">Where depth was measured: the recording that is replayed, opened once more; null for none. Belongs to the session while it runs.</param>
    /// <exception cref="InvalidDataException">The network is for other cameras.</exception>
    public LiveSession(LiveDepth pipeline, IStereoSource source, LiveSettings settings, IStereoRecording? truth = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(source);
        (_pipeline, _source, _settings) = (pipeline, source, settings);
        _truth = truth is not null && truth.HasDepth(Camera.Left) ? new LiveTruth(truth) : null;
        IAsyncEnumerable<LiveFrame> frames = pipeline.Run(source, settings, _stopping.Token);   // refuses what does not fit before anything is served
        _running = Task.Run(() => RunAsync(frames));
    }

    /// <summary>Told each answer, on the pipeline's thread: be quick.</summary>
    internal event Action<Snapshot>? Answered;

    /// <summary>The recording that is replayed; null for a live stream.</summary>
    public ReplaySource? Replay => _source as ReplaySource;

    /// <summary>The cameras.</summary>
    public StereoRig Rig => _source.Rig;

    /// <summary>What messages call the source.</summary>
    public string SourceName => _source.Name;

    /// <summary>What goes through the pipeline; null before its first run begins.</summary>
    public LiveCounters? Counters => _pipeline.Counters;

    /// <summary>The newest answer; null before the first.</summary>
    internal Snapshot? Latest => Volatile.Read(ref _latest);

    /// <summary>running, ended or failed.</summary>
    public string Status
    {
        get
        {
            lock (_gate)
            {
                return _status;
            }
        }
    }

    /// <summary>Length of a window and of a step, µs.</summary>
    public (long WindowUs, long StepUs) Windows
    {
        get
        {
            lock (_gate)
            {
                long windowUs = _settings.WindowUs ?? _pipeline.Network.WindowUs;
                return (windowUs, _settings.StepUs ?? windowUs);
            }
        }
    }

    /// <summary>Cuts a recording's windows otherwise, from the next answer on; the counters begin anew.</summary>
    /// <param name="windowUs">Length, µs; null for the network's own.</param>
    /// <param name="stepUs">Step, µs; null for the length.</param>
    /// <exception cref="ArgumentException">A window is no whole number of steps, a length is out of range, or the stream is live: its senders would be cut off.</exception>
    public void CutWindows(long? windowUs, long? stepUs)
    {
        if (Replay is null)
        {
            throw new ArgumentException("A live stream's windows are set where it is opened (--step-ms, --window-ms); a recording's can be changed.");
        }

        long length = windowUs ?? _pipeline.Network.WindowUs;
        new StreamWindowSettings { WindowUs = Guard.Within(length, 1_000L, 10_000_000L, nameof(windowUs)), StepUs = Guard.AtLeast(stepUs ?? length, 1_000L, nameof(stepUs)) }.Check();
        lock (_gate)
        {
            _settings = _settings with { WindowUs = windowUs, StepUs = stepUs };
            _cutsAnew = true;
        }
    }

    /// <summary>How it stands, for pages and metrics.</summary>
    public JsonObject Report()
    {
        var report = new JsonObject();
        lock (_gate)
        {
            report["status"] = _status;
            report["message"] = _message;
        }

        (long windowUs, long stepUs) = Windows;
        report["window_us"] = windowUs;
        report["step_us"] = stepUs;
        report["counters"] = Counters is { } counters ? LiveReport.Of(counters) : null;
        report["replay"] = Replay is { } replay
            ? new JsonObject
            {
                ["position_us"] = replay.PositionUs,
                ["start_us"] = replay.Span.StartUs,
                ["end_us"] = replay.Span.EndUs,
                ["paused"] = replay.Paused,
                ["speed"] = double.IsFinite(replay.Speed) ? replay.Speed : null,
                ["loop"] = replay.Loop,
            }
            : null;
        return report;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(IAsyncEnumerable<LiveFrame> frames)
    {
        try
        {
            while (await AnswerAsync(frames).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    _cutsAnew = false;
                    frames = _pipeline.Run(_source, _settings, _stopping.Token);
                }
            }

            Say("ended", "The stream has ended.");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // the session is over
        }
        catch (Exception failure)
        {
            Say("failed", failure.Message.ReplaceLineEndings(" "));   // shown on the page, in /health and in the metrics; the server stays
        }
    }

    /// <summary>Publishes a run's answers.</summary>
    /// <returns>True where windows are to be cut otherwise, false at the stream's end.</returns>
    private async Task<bool> AnswerAsync(IAsyncEnumerable<LiveFrame> frames)
    {
        await foreach (LiveFrame frame in frames.ConfigureAwait(false))
        {
            var snapshot = new Snapshot(frame, _truth?.At(frame));
            Volatile.Write(ref _latest, snapshot);
            Answered?.Invoke(snapshot);
            if (_cutsAnew)
            {
                return true;
            }
        }

        return false;
    }

    private void Say(string status, string message)
    {
        lock (_gate)
        {
            (_status, _message) = (status, message);
        }
    }
}
