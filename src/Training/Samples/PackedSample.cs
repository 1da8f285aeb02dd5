using System.Runtime.InteropServices;
using StereoSpike.Files;

namespace StereoSpike.Training;

/// <summary>A <see cref="LabelledWindow"/> in a third of the memory: 8 bytes an event, 2 bytes a pixel of truth.</summary>
/// <remarks>
/// Depth is kept in half precision, to 1 part in 2048 (2 mm at 4 m), below what any ground truth here resolves; events are kept exactly.
/// As bytes, little-endian: <c>int64 start_us, int64 end_us, float64 focal·baseline, int32 left events, int32 right events, int32 which truths (1 right, 2 start)</c>,
/// then 8 bytes an event (uint32 µs after the start, uint16 column, uint16 row with ON as its highest bit), left before right, then the depths, 2 bytes a pixel: left, right, start.
/// </remarks>
internal sealed class PackedSample : ISample
{
    private const int PolarityBit = 1 << 15;   // rows go to 16,383
    private const int HeadBytes = 36, EventBytes = 8, RightFlag = 1, StartFlag = 2;
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

    /// <summary>Takes a sample from its bytes, which <see cref="SampleFile"/> has checked against their checksum.</summary>
    /// <param name="bytes">What <see cref="ToBytes"/> made.</param>
    /// <param name="sensor">The cameras' size.</param>
    /// <param name="name">What messages call the sample.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="InvalidDataException">They are no sample of that sensor.</exception>
    public PackedSample(ReadOnlySpan<byte> bytes, SensorSize sensor, string name, string path)
    {
        (long start, long end) = bytes.Length < HeadBytes ? (0, -1) : (MemoryMarshal.Read<long>(bytes), MemoryMarshal.Read<long>(bytes[8..]));
        (long left, long right, int flags) = end < start ? (0, 0, 0) : (MemoryMarshal.Read<int>(bytes[24..]), MemoryMarshal.Read<int>(bytes[28..]), MemoryMarshal.Read<int>(bytes[32..]));
        int truths = 1 + (flags & RightFlag) + ((flags & StartFlag) >> 1);
        if (end < start || end - start > uint.MaxValue || left < 0 || right < 0 || bytes.Length != HeadBytes + (EventBytes * (left + right)) + (2L * sensor.Pixels * truths))
        {
            throw BadFile.Error(path, name, $"holds {bytes.Length} bytes that are no sample of {sensor} px", SampleFile.Remedy);
        }

        (_window, _sensor, _name, _focalBaseline) = (new TimeWindow(start, end), sensor, name, MemoryMarshal.Read<double>(bytes[16..]));
        ReadOnlySpan<PackedEvent> events = MemoryMarshal.Cast<byte, PackedEvent>(bytes.Slice(HeadBytes, (int)(EventBytes * (left + right))));
        foreach (PackedEvent e in events)
        {
            if (e.Offset >= _window.DurationUs || !sensor.Contains(e.X, e.RowAndPolarity & (PolarityBit - 1)))
            {
                throw BadFile.Error(path, name, "holds an event outside the sensor or the window", SampleFile.Remedy);
            }
        }

        _left = events[..(int)left].ToArray();
        _right = events[(int)left..].ToArray();
        ReadOnlySpan<Half> depths = MemoryMarshal.Cast<byte, Half>(bytes[(HeadBytes + (EventBytes * events.Length))..]);
        foreach (Half depth in depths)
        {
            if (depth <= Half.Zero || Half.IsInfinity(depth) || !(_focalBaseline > 0))
            {
                throw BadFile.Error(path, name, "holds a depth or a rig that cannot be", SampleFile.Remedy);
            }
        }

        _truth = depths[..sensor.Pixels].ToArray();
        _rightTruth = (flags & RightFlag) != 0 ? depths.Slice(sensor.Pixels, sensor.Pixels).ToArray() : null;
        _startTruth = (flags & StartFlag) != 0 ? depths[^sensor.Pixels..].ToArray() : null;
    }

    /// <inheritdoc/>
    public LabelledWindow Unpack() => new(
        new StereoWindow(_window, _sensor, Unpack(_left), Unpack(_right)),
        Unpack(_truth),
        _rightTruth is null ? null : Unpack(_rightTruth),
        _startTruth is null ? null : Unpack(_startTruth),
        _focalBaseline)
    {
        Name = _name,
    };

    /// <summary>The sample as bytes.</summary>
    public byte[] ToBytes()
    {
        var stream = new MemoryStream();
        Span<byte> head = stackalloc byte[HeadBytes];
        MemoryMarshal.Write(head, _window.StartUs);
        MemoryMarshal.Write(head[8..], _window.EndUs);
        MemoryMarshal.Write(head[16..], _focalBaseline);
        MemoryMarshal.Write(head[24..], _left.Length);
        MemoryMarshal.Write(head[28..], _right.Length);
        MemoryMarshal.Write(head[32..], (_rightTruth is null ? 0 : RightFlag) + (_startTruth is null ? 0 : StartFlag));
        stream.Write(head);
        stream.Write(MemoryMarshal.AsBytes<PackedEvent>(_left));
        stream.Write(MemoryMarshal.AsBytes<PackedEvent>(_right));
        stream.Write(MemoryMarshal.AsBytes<Half>(_truth));
        stream.Write(MemoryMarshal.AsBytes<Half>(_rightTruth));
        stream.Write(MemoryMarshal.AsBytes<Half>(_startTruth));
        return stream.ToArray();
    }

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
