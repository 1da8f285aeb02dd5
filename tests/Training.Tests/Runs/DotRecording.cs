using StereoSpike.Ingest;

namespace StereoSpike.Training.Tests.Runs;

/// <summary>A small recording of flickering dots: left at x, right at x − d, with the depth 30/d around each dot at every label.</summary>
internal sealed class DotRecording : IStereoRecording
{
    public const int Labels = 4;
    private const long StepUs = 50_000;
    private readonly EventArray _left;
    private readonly EventArray _right;
    private readonly DepthMap[] _leftTruth;
    private readonly DepthMap[] _rightTruth;

    public DotRecording(int seed, SensorSize? sensor = null)
    {
        Name = $"dots {seed}";
        Rig = new StereoRig { Sensor = sensor ?? new SensorSize(32, 24), FocalPx = 100, BaselineMetres = 0.3, CentreXPx = 16, CentreYPx = 12 };
        var random = new Random(seed);
        var (left, right) = (new List<DvsEvent>(), new List<DvsEvent>());
        _leftTruth = [.. Enumerable.Range(0, Labels).Select(_ => DepthMap.Unknown(Rig.Sensor))];
        _rightTruth = [.. Enumerable.Range(0, Labels).Select(_ => DepthMap.Unknown(Rig.Sensor))];
        for (int dot = 0; dot < 40 * Labels; dot++)
        {
            int label = dot % Labels, d = random.Next(2, 10), x = random.Next(d, Rig.Sensor.Width), y = random.Next(Rig.Sensor.Height);
            long time = (label * StepUs) + random.NextInt64(StepUs);
            Polarity polarity = random.Next(2) == 0 ? Polarity.Off : Polarity.On;
            left.Add(new DvsEvent(time, (ushort)x, (ushort)y, polarity));
            right.Add(new DvsEvent(time, (ushort)(x - d), (ushort)y, polarity));
            Mark(_leftTruth[label], x, y, 30f / d);
            Mark(_rightTruth[label], x - d, y, 30f / d);
        }

        _left = new EventArray(Rig.Sensor, left.OrderBy(e => e.TimestampUs).ToArray());
        _right = new EventArray(Rig.Sensor, right.OrderBy(e => e.TimestampUs).ToArray());
    }

    public string Name { get; }

    public StereoRig Rig { get; }

    public long OriginUs => 0;

    public TimeWindow Span => new(0, Labels * StepUs);

    public IReadOnlyList<long> LabelTimesUs { get; init; } = [.. Enumerable.Range(1, Labels).Select(label => label * StepUs)];

    public bool TruthIsPerEvent => true;

    public long? TruthWindowUs => StepUs;

    public IEventSequence Events(Camera camera) => camera == Camera.Left ? _left : _right;

    public bool HasDepth(Camera camera) => true;

    public DepthMap ReadDepth(int label, Camera camera = Camera.Left) => camera == Camera.Left ? _leftTruth[label] : _rightTruth[label];

    public void Dispose()
    {
    }

    private static void Mark(DepthMap truth, int x, int y, float metres)
    {
        for (int dx = -1; dx <= 1; dx++)
        {
            if (truth.Sensor.Contains(x + dx, y))
            {
                truth.Metres[(y * truth.Sensor.Width) + x + dx] = metres;
            }
        }
    }
}
