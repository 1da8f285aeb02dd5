namespace StereoSpike.Training;

/// <summary>A <see cref="LabelledWindow"/> in a third of the memory: 8 bytes an event, 2 bytes a pixel of truth.</summary>
/// <remarks>Depth is kept in half precision, to 1 part in 2048 (2 mm at 4 m), below what any ground truth here resolves; events are kept exactly.</remarks>
internal sealed class PackedSample
{
    private const int PolarityBit = 1 << 15;   // rows go to 16,383
    private readonly TimeWindow _window;
    private readonly SensorSize _sensor;
    private readonly PackedEvent[] _left;
    private readonly PackedEvent[] _right;
    private readonly Half[] _truth;
    private readonly Half[]? _rightTruth;
    private readonly Half[]? _startTruth;
    private readonly double _focalBaseline;
    private readonly string _name;

    /// <summary>Packs a sample, copying what it needs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The window is longer than 71 minutes.</exception>
    public PackedSample(LabelledWindow sample)
    {
        _window = sample.Window.Window;
        Guard.Within(_window.DurationUs, 0, uint.MaxValue, nameof(sample));
        _sensor = sample.Window.Sensor;
        _left = Pack(sample.Window.Left.Span);
        _right = Pack(sample.Window.Right.Span);
        _truth = Pack(sample.Truth);
        _rightTruth = sample.RightTruth is null ? null : Pack(sample.RightTruth);
        _startTruth = sample.StartTruth is null ? null : Pack(sample.StartTruth);
        _focalBaseline = sample.FocalBaselinePxMetres;
        _name = sample.Name;
    }

    /// <summary>The sample again, in memory of its own.</summary>
    public LabelledWindow Unpack() => new(
        new StereoWindow(_window, _sensor, Unpack(_left), Unpack(_right)),
        Unpack(_truth),
        _rightTruth is null ? null : Unpack(_rightTruth),
        _startTruth is null ? null : Unpack(_startTruth),
        _focalBaseline)
    {
        Name = _name,
    };

    private PackedEvent[] Pack(ReadOnlySpan<DvsEvent> events)
    {
        var packed = new PackedEvent[events.Length];
        for (int i = 0; i < packed.Length; i++)
        {
            ref readonly DvsEvent e = ref events[i];
            packed[i] = new PackedEvent((uint)(e.TimestampUs - _window.StartUs), e.X, (ushort)(e.Y | (e.Polarity == Polarity.On ? PolarityBit : 0)));
        }

        return packed;
    }

    private DvsEvent[] Unpack(PackedEvent[] packed)
    {
        var events = new DvsEvent[packed.Length];
        for (int i = 0; i < events.Length; i++)
        {
            PackedEvent e = packed[i];
            events[i] = new DvsEvent(_window.StartUs + e.Offset, e.X, (ushort)(e.RowAndPolarity & (PolarityBit - 1)), e.RowAndPolarity >= PolarityBit ? Polarity.On : Polarity.Off);
        }

        return events;
    }

    private static Half[] Pack(DepthMap depth) => Array.ConvertAll(depth.Metres, metres => (Half)metres);

    private DepthMap Unpack(Half[] packed) => new(_sensor, Array.ConvertAll(packed, metres => (float)metres));

    private readonly record struct PackedEvent(uint Offset, ushort X, ushort RowAndPolarity);
}
