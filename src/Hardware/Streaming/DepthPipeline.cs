using System.Diagnostics;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>The deployed pipeline: windows of a recording → encoder → engine → depth, one frame after another.</summary>
/// <remarks>
/// Two stages work at once: while the engine and the caller are busy with a frame, the next window is read and encoded. Two frames of
/// buffers go round between them, so memory does not grow with the recording; a frame's depth map is all that is newly allocated.
/// The recording and the engine stay the caller's to dispose, and belong to the pipeline while it runs.
/// </remarks>
public sealed class DepthPipeline
{
    private readonly IStereoRecording _recording;
    private readonly IDepthEngine _engine;
    private readonly IStereoEncoder _encoder;
    private readonly PolarityHistogramEncoder _leftCounter = new(views: 1);
    private readonly StereoWindowReader _windows;
    private readonly TruthReader _truths;
    private readonly DepthReadout _readout;
    private readonly float[] _potentials;

    /// <summary>Joins a recording and a network.</summary>
    /// <param name="recording">What to read.</param>
    /// <param name="engine">The network.</param>
    /// <param name="weights">What messages call the network's file.</param>
    /// <exception cref="InvalidDataException">The network is for another sensor, another rig or an encoder that does not exist.</exception>
    /// <exception cref="ArgumentException">The recording's cameras do not fit its own rig.</exception>
    public DepthPipeline(IStereoRecording recording, IDepthEngine engine, string weights = "weights")
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(engine);
        NetworkFit.Check(engine.Settings, weights, recording);
        _recording = recording;
        _engine = engine;
        _encoder = NetworkFit.Encoder(engine.Settings, weights);
        _windows = new StereoWindowReader(recording);
        _truths = new TruthReader(recording, engine.Settings.WindowUs);
        _readout = new DepthReadout(engine.Settings, recording.Rig.FocalBaselinePxMetres);
        _potentials = new float[engine.Settings.Sensor.Pixels];
    }

    /// <summary>What went through so far.</summary>
    public PipelineCounters Counters { get; } = new();

    /// <summary>Answers windows in turn, each when it is asked for. One run at a time.</summary>
    /// <param name="requests">The windows; <see cref="FrameRequest.ForAll"/> gives a recording's own.</param>
    /// <param name="cancellation">Stops between two frames.</param>
    /// <returns>One frame a request, valid until the next is asked for.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidDataException">The recording is damaged, or the network's potentials are not numbers.</exception>
    public IEnumerable<DepthFrame> Run(IEnumerable<FrameRequest> requests, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return Answer(requests, cancellation);
    }

    private IEnumerable<DepthFrame> Answer(IEnumerable<FrameRequest> requests, CancellationToken cancellation)
    {
        DepthFrame current = NewFrame(), ahead = NewFrame();
        using IEnumerator<FrameRequest> request = requests.GetEnumerator();
        Task<bool> reading = ReadAhead(request, ahead, index: 0);
        try
        {
            for (int index = 1; ; index++)
            {
                cancellation.ThrowIfCancellationRequested();
                long asked = Stopwatch.GetTimestamp();
                if (!reading.GetAwaiter().GetResult())
                {
                    yield break;
                }

                (current, ahead) = (ahead, current);
                reading = ReadAhead(request, ahead, index);
                Compute(current);
                Counters.Add(current, Stopwatch.GetElapsedTime(asked).TotalSeconds);
                yield return current;
            }
        }
        finally
        {
            Task.WhenAny(reading).Wait(CancellationToken.None);   // the caller may dispose of the recording next; what failed there was thrown above or is not wanted
        }
    }

    private DepthFrame NewFrame() => new(_encoder.Channels, _recording.Rig.Sensor);

    private Task<bool> ReadAhead(IEnumerator<FrameRequest> requests, DepthFrame frame, int index) => Task.Run(() =>
    {
        if (!requests.MoveNext())
        {
            return false;
        }

        frame.Index = index;
        frame.Request = requests.Current;
        Read(frame);
        return true;
    });

    private void Read(DepthFrame frame)
    {
        long start = Stopwatch.GetTimestamp();
        StereoWindow window = _windows.Read(frame.Request.Window);
        (frame.LeftCount, frame.RightCount) = (window.Left.Length, window.Right.Length);
        (frame.LeftTally, frame.RightTally) = (_windows.Tally(Camera.Left), _windows.Tally(Camera.Right));
        frame.Truth = frame.Request.Label is { } label ? _truths.Read(label, frame.TruthEventCounts) : null;
        long read = Stopwatch.GetTimestamp();
        _encoder.Encode(window, frame.Input.Values);
        _leftCounter.Encode(window, frame.LeftEvents.Values);
        frame.ReadMs = Stopwatch.GetElapsedTime(start, read).TotalMilliseconds;
        frame.EncodeMs = Stopwatch.GetElapsedTime(read).TotalMilliseconds;
    }

    private void Compute(DepthFrame frame)
    {
        long start = Stopwatch.GetTimestamp();
        _engine.Run(frame.Input, _potentials);
        long ran = Stopwatch.GetTimestamp();
        frame.Depth = _readout.Read(_potentials);
        frame.EngineMs = Stopwatch.GetElapsedTime(start, ran).TotalMilliseconds;
        frame.ReadoutMs = Stopwatch.GetElapsedTime(ran).TotalMilliseconds;
    }
}
