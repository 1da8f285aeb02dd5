using System.Diagnostics;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>What goes through a live pipeline, while it goes. Safe to read from any thread.</summary>
public sealed class LiveCounters
{
    private const double RecentSeconds = 1;
    private readonly Lock _gate = new();
    private readonly MagnitudeHistogram _latencyMs = new();
    private readonly Queue<(long At, long Events, long Frames)> _recent = new();
    private readonly StreamWindows _windows;
    private readonly StreamFaults _faults;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly long[] _lastEventAt = [0, 0];
    private long _answered;
    private long _skippedWindows;
    private double _firingRates;

    internal LiveCounters(StreamWindows windows, StreamFaults faults) => (_windows, _faults) = (windows, faults);

    /// <summary>What became of the events.</summary>
    public StreamTally Events => _windows.Tally;

    /// <summary>What came in broken, twice or not at all.</summary>
    public StreamFaults Faults => _faults;

    /// <summary>Windows made.</summary>
    public long Windows => _windows.Windows;

    /// <summary>Windows answered.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Windows left out, to stay live or because the run ended.</summary>
    public long SkippedWindows => Volatile.Read(ref _skippedWindows);

    /// <summary>Windows that wait or are being answered.</summary>
    public long Backlog => Windows - Answered - SkippedWindows;

    /// <summary>How often the source's clock began anew.</summary>
    public long Restarts => _windows.Restarts;

    /// <summary>Mean firing rate of the network over all answers, 0..1; NaN before the first.</summary>
    public double MeanFiringRate
    {
        get
        {
            lock (_gate)
            {
                return _firingRates / _answered;
            }
        }
    }

    /// <summary>Events of both cameras that came in during about the last second, a second.</summary>
    public double EventsPerSecond => Recent(sample => sample.Events, _windows.Tally.In);

    /// <summary>Answers of about the last second, a second.</summary>
    public double FramesPerSecond => Recent(sample => sample.Frames, Answered);

    /// <summary>How long the run has lasted, s.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(_began).TotalSeconds;

    /// <summary>How long nothing has come from a camera, s: tells a source that stalls from a scene in which little moves.</summary>
    public double SilentSeconds(Camera camera) => Stopwatch.GetElapsedTime(Volatile.Read(ref _lastEventAt[(int)camera]) is > 0 and long at ? at : _began).TotalSeconds;

    /// <summary>The latency that a share of the answers did not exceed, ms; NaN before the first. From the arrival of what completed a window to the finished depth.</summary>
    /// <param name="share">0..1.</param>
    public double LatencyMs(double share)
    {
        lock (_gate)
        {
            return _latencyMs.Weight > 0 ? _latencyMs.Quantile(share) : double.NaN;
        }
    }

    internal void Arrived(Camera camera) => Volatile.Write(ref _lastEventAt[(int)camera], Stopwatch.GetTimestamp());

    internal void Skipped() => Interlocked.Increment(ref _skippedWindows);

    internal void Answer(LiveFrame frame)
    {
        lock (_gate)
        {
            _answered++;
            _latencyMs.Add(frame.LatencyMs);
            _firingRates += frame.MeanFiringRate;
        }

        Sample();
    }

    /// <summary>Remembers where the counts stand, for the rates; at most some fifty times a second.</summary>
    internal void Sample()
    {
        long now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            if (_recent.Count > 0 && Stopwatch.GetElapsedTime(_recent.Last().At, now).TotalSeconds < RecentSeconds / 50)
            {
                return;
            }

            _recent.Enqueue((now, _windows.Tally.In, _answered));
            while (_recent.Count > 2 && Stopwatch.GetElapsedTime(_recent.Peek().At, now).TotalSeconds > RecentSeconds)
            {
                _recent.Dequeue();
            }
        }
    }

    private double Recent(Func<(long At, long Events, long Frames), long> count, long now)
    {
        lock (_gate)
        {
            if (_recent.Count == 0)
            {
                return 0;
            }

            (long At, long Events, long Frames) oldest = _recent.Peek();
            double seconds = Stopwatch.GetElapsedTime(oldest.At).TotalSeconds;
            return seconds > 0 ? (now - count(oldest)) / seconds : 0;
        }
    }
}
