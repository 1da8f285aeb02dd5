using StereoSpike.Ingest;

namespace StereoSpike.Hardware.Tests;

/// <summary>A recording of random events, a few thousand a window; its depth at label i is 1 + i/100 metres everywhere.</summary>
internal sealed class TestRecording : IStereoRecording
{
    public const int WindowUs = 50_000, EventsPerWindow = 2_000;
    public static readonly SensorSize Sensor = new(64, 48);
    private readonly EventArray _left;
    private readonly EventArray _right;

    public TestRecording(int windows, bool labelled = true, StereoRig? rig = null)
    {
        Rig = rig ?? SimulatedRigs.Custom(Sensor, focalPx: 50, baselineMetres: 0.2) with { Name = "bench" };
        (_left, _right) = (Draw(Rig.Sensor, windows, seed: 1), Draw(Rig.Sensor, windows, seed: 2));
        Span = new TimeWindow(0, windows * WindowUs);
        LabelTimesUs = labelled ? [.. Enumerable.Range(1, windows).Select(i => (long)i * WindowUs)] : [];
    }

    public string Name => "walk_data.hdf5";

    public StereoRig Rig { get; }

    public long OriginUs => 0;

    public TimeWindow Span { get; }

    public IReadOnlyList<long> LabelTimesUs { get; init; }

    public bool TruthIsPerEvent { get; init; }

    public long? TruthWindowUs { get; init; }

    /// <summary>A label whose depth cannot be read.</summary>
    public int DamagedLabel { get; init; } = -1;

    /// <summary>How long reading a depth takes.</summary>
    public TimeSpan ReadPause { get; init; }

    public int ReadsStarted { get; private set; }

    public int ReadsFinished { get; private set; }

    public IEventSequence Events(Camera camera) => camera == Camera.Left ? _left : _right;

    public bool HasDepth(Camera camera) => LabelTimesUs.Count > 0;

    public DepthMap ReadDepth(int label, Camera camera = Camera.Left)
    {
        ReadsStarted++;
        Thread.Sleep(ReadPause);
        ReadsFinished++;
        return label == DamagedLabel
            ? throw new InvalidDataException($"{Name}: label {label} is damaged.")
            : new DepthMap(Rig.Sensor, [.. Enumerable.Repeat(1f + (label / 100f), Rig.Sensor.Pixels)]);
    }

    public void Dispose()
    {
    }

    private static EventArray Draw(SensorSize sensor, int windows, int seed)
    {
        var random = new Random(seed);
        int count = windows * EventsPerWindow, gapUs = WindowUs / EventsPerWindow;
        var events = new DvsEvent[count];
        for (int i = 0; i < count; i++)
        {
            events[i] = new DvsEvent((long)i * gapUs, (ushort)random.Next(sensor.Width), (ushort)random.Next(sensor.Height), (Polarity)random.Next(2));
        }

        return new EventArray(sensor, events);
    }
}
