using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>The deployed pipeline on a live stream: windows as they come → encoder → engine → depth.</summary>
/// <remarks>
/// <code>
/// source ─▶ windows, counted ─▶ a few waiting ─▶ encoder ─▶ engine ─▶ depth ─▶ await foreach
/// └───────── one thread ────┘   (latest: the oldest gives way; lossless: the source waits)
/// </code>
/// A reader that is slower than the stream counts as a slow engine. Memory is that of the counts of a window's steps and of the frames that wait, however many events come and however long it runs.
/// The engine is the caller's to dispose, has run nothing before, and belongs to the pipeline.
/// </remarks>
public sealed class LiveDepth
{
    private readonly IDepthEngine _engine;
    private readonly string _weights;
    private readonly ICountEncoder _encoder;
    private readonly SpikeFrame _input;
    private readonly float[] _potentials;
    private readonly KeyValuePair<string, double>[] _rates;
    private readonly double[] _rateSums;
    private double _meanRateSum;
    private long _runs;
    private int _running;

    /// <summary>Puts an engine to live work; it runs once on nothing, to be warm.</summary>
    /// <param name="engine">The network, freshly made.</param>
    /// <param name="weights">What messages call the network's file.</param>
    /// <exception cref="InvalidDataException">The network's encoder does not exist, or needs each event's time.</exception>
    public LiveDepth(IDepthEngine engine, string weights = "weights")
    {
        ArgumentNullException.ThrowIfNull(engine);
        (_engine, _weights) = (engine, weights);
        _encoder = NetworkFit.CountEncoder(engine.Settings, weights);
        _input = new SpikeFrame(_encoder.Channels, engine.Settings.Sensor);
        _potentials = new float[engine.Settings.Sensor.Pixels];
        _engine.Run(_input, _potentials);   // code is compiled and buffers are made now, not at the first window
        _rates = [.. engine.FiringRates];
        _rateSums = [.. _rates.Select(rate => rate.Value)];
        (_runs, _meanRateSum) = (1, engine.MeanFiringRate);
    }

    /// <summary>What goes through the run that was last begun; null before the first.</summary>
    public LiveCounters? Counters { get; private set; }

    /// <summary>The network.</summary>
    public StereoSpikeSettings Network => _engine.Settings;

    /// <summary>Answers a stream's windows until it ends. One run at a time; when it has ended, been cancelled or been left, another may follow.</summary>
    /// <param name="source">The stream; stays the caller's.</param>
    /// <param name="settings">How; null for the defaults.</param>
    /// <param name="cancellation">Ends it, also while it waits.</param>
    /// <returns>One frame an answered window, valid until the next is asked for.</returns>
    /// <exception cref="InvalidDataException">The network is for other cameras, the source is damaged, or the network's potentials are not numbers.</exception>
    /// <exception cref="ArgumentException">The settings contradict one another.</exception>
    /// <exception cref="InvalidOperationException">A run is under way.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IAsyncEnumerable<LiveFrame> Run(IStereoSource source, LiveSettings? settings = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        settings ??= new LiveSettings();
        NetworkFit.Check(_engine.Settings, _weights, source.Rig, source.Name);
        var windows = new StreamWindows(source.Rig, settings.Windows(_engine.Settings.WindowUs));
        return Answer(source, settings, windows, cancellation);
    }

    private async IAsyncEnumerable<LiveFrame> Answer(IStereoSource source, LiveSettings settings, StreamWindows windows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            throw new InvalidOperationException("A run is under way; cancel it or leave its loop before beginning another.");
        }

        var counters = new LiveCounters(windows, source.Faults);
        Counters = counters;
        var readout = new DepthReadout(_engine.Settings, source.Rig.FocalBaselinePxMetres);
        var frame = new LiveFrame(_engine.Settings.Sensor);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<CountWindow> waiting = Channel.CreateBounded<CountWindow>(
            new BoundedChannelOptions(settings.Waiting) { FullMode = settings.Queue == QueuePolicy.Latest ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.Wait, SingleReader = true, SingleWriter = true }, Skip);
        Task feeding = Task.Run(() => FeedAsync(source, windows, counters, waiting.Writer, stopping.Token), CancellationToken.None);
        CountWindow? window = null;
        bool answered = false;
        try
        {
            while (await waiting.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                while (waiting.Reader.TryRead(out window))
                {
                    CountWindow current = window;
                    answered = false;
                    await Task.Run(() => Compute(current, readout, settings, frame), CancellationToken.None).ConfigureAwait(false);
                    frame.Index = counters.Answered;
                    counters.Answer(frame);
                    answered = true;
                    yield return frame;
                    window = null;
                    current.Answered();
                    cancellation.ThrowIfCancellationRequested();
                }
            }

            await feeding.ConfigureAwait(false);   // tells what the source failed of
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (answered)
            {
                window?.Answered();   // its reader left the loop with it
            }
            else if (window is not null)
            {
                Skip(window);
            }

            while (waiting.Reader.TryRead(out CountWindow? left))
            {
                Skip(left);
            }

            windows.Abandon();
            Volatile.Write(ref _running, 0);
        }

        void Skip(CountWindow left)
        {
            counters.Skipped();
            left.Skip();
        }
    }

    private static async Task FeedAsync(IStereoSource source, StreamWindows windows, LiveCounters counters, ChannelWriter<CountWindow> waiting, CancellationToken stopping)
    {
        try
        {
            await foreach (StreamBatch batch in source.ReadAsync(stopping).ConfigureAwait(false))
            {
                if (!batch.Events.IsEmpty)
                {
                    counters.Arrived(batch.Camera);
                }

                foreach (CountWindow window in windows.Add(batch))
                {
                    await PassOnAsync(window).ConfigureAwait(false);
                }

                counters.Sample();
            }

            foreach (CountWindow window in windows.Finish())
            {
                await PassOnAsync(window).ConfigureAwait(false);
            }

            waiting.Complete();
        }
        catch (Exception end)
        {
            waiting.Complete(end is OperationCanceledException ? null : end);
            throw;
        }

        async ValueTask PassOnAsync(CountWindow window)
        {
            try
            {
                await waiting.WriteAsync(window, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                counters.Skipped();
                window.Skip();
                throw;
            }
        }
    }

    private void Compute(CountWindow window, DepthReadout readout, LiveSettings settings, LiveFrame frame)
    {
        long began = Stopwatch.GetTimestamp();
        _encoder.EncodeCounts(window.Counts, _input.Values);
        _engine.Run(_input, _potentials);
        frame.Depth = readout.Read(_potentials);
        EventSupport.Mark(window.Counts, settings.SupportPx, frame.Supported);
        (frame.Window, frame.Counts, frame.LeftCount, frame.RightCount) = (window.Window, window.Counts, window.LeftCount, window.RightCount);
        ReadFiring(frame);
        frame.WorkMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        frame.LatencyMs = Math.Max(0, Stopwatch.GetElapsedTime(window.CompletedAt).TotalMilliseconds);   // a replay hands out up to a millisecond before it is due
    }

    /// <summary>What fired at this window: the engine tells means over all its runs, and this one's share is what they moved by.</summary>
    private void ReadFiring(LiveFrame frame)
    {
        _runs++;
        IReadOnlyDictionary<string, double> means = _engine.FiringRates;
        for (int i = 0; i < _rates.Length; i++)
        {
            double sum = means[_rates[i].Key] * _runs;
            _rates[i] = new(_rates[i].Key, Math.Clamp(sum - _rateSums[i], 0, 1));
            _rateSums[i] = sum;
        }

        double total = _engine.MeanFiringRate * _runs;
        (frame.MeanFiringRate, _meanRateSum) = (Math.Clamp(total - _meanRateSum, 0, 1), total);
        frame.FiringRates = _rates;
    }
}
