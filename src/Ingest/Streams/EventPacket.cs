using System.Buffers.Binary;

namespace StereoSpike.Ingest;

/// <summary>Events as they travel over sockets and pipes, and lie in <c>.events</c> files: one packet after another, each whole by itself.</summary>
/// <remarks>
/// Little endian. 24 bytes of head, then 8 for each event; at most <see cref="MaximumEvents"/>, so that a packet fits a UDP datagram.
/// <code>
///  0  4  "SSE1"
///  4  1  kind: 0 events, 1 clock (nothing from before its time will follow), 2 restart (another beginning; windows end on its time or whole steps from it)
///  5  1  camera: 0 left, 1 right
///  6  2  N, number of events; 0 unless of kind 0
///  8  4  number of the packet, counted a camera from any start, wrapping: tells what is lost, late or repeated
/// 12  2  sensor width, px
/// 14  2  sensor height, px
/// 16  8  time t₀, µs of the clock that both cameras share, signed
/// 24  8N events: 4 bytes µs after t₀; 2 bytes column, its highest bit set for ON; 2 bytes row
/// </code>
/// </remarks>
public static class EventPacket
{
    /// <summary>Bytes before the events.</summary>
    public const int HeadBytes = 24;

    /// <summary>Bytes of an event.</summary>
    public const int EventBytes = 8;

    /// <summary>The most events of a packet: with them it is 65,496 bytes long, and a UDP datagram holds 65,507.</summary>
    public const int MaximumEvents = 8_184;

    /// <summary>The most bytes of a packet.</summary>
    public const int MaximumBytes = HeadBytes + (MaximumEvents * EventBytes);

    private const ushort OnBit = 0x8000;

    private static ReadOnlySpan<byte> Magic => "SSE1"u8;

    /// <summary>How long a packet is, by its head.</summary>
    /// <param name="head">At least <see cref="HeadBytes"/> bytes.</param>
    /// <param name="bytes">The length of the whole packet.</param>
    /// <returns>What is wrong with the head, as a clause; null where it is sound.</returns>
    public static string? Measure(ReadOnlySpan<byte> head, out int bytes)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
        bytes = HeadBytes + (count * EventBytes);
        return !head[..4].SequenceEqual(Magic) ? $"begins with {Convert.ToHexString(head[..4])} where a packet begins with 53534531 (SSE1)"
            : head[4] > 2 ? $"is of kind {head[4]} where 0 (events), 1 (clock) and 2 (restart) are known"
            : head[5] > 1 ? $"is of camera {head[5]} where 0 (left) and 1 (right) are known"
            : count > MaximumEvents ? $"promises {count} events where at most {MaximumEvents} are allowed"
            : head[4] > 0 && count > 0 ? $"is of kind {head[4]}, which has no events, and promises {count}"
            : null;
    }

    /// <summary>Reads a whole packet.</summary>
    /// <param name="packet">Its bytes, as many as its head promises.</param>
    /// <param name="sensor">The sensor that it must be of.</param>
    /// <param name="events">Receives the events; room for <see cref="MaximumEvents"/>.</param>
    /// <param name="head">What its head says.</param>
    /// <returns>What is wrong with it, as a clause; null where it is sound. Events off the sensor are left for the reader to count.</returns>
    public static string? Read(ReadOnlySpan<byte> packet, SensorSize sensor, Span<DvsEvent> events, out EventPacketHead head)
    {
        head = default;
        if (packet.Length < HeadBytes)
        {
            return $"is {packet.Length} bytes long where a head alone has {HeadBytes}";
        }

        if (Measure(packet, out int bytes) is { } wrong)
        {
            return wrong;
        }

        int width = BinaryPrimitives.ReadUInt16LittleEndian(packet[12..]), height = BinaryPrimitives.ReadUInt16LittleEndian(packet[14..]);
        if (packet.Length != bytes)
        {
            return $"is {packet.Length} bytes long where its head promises {bytes}";
        }

        if (width != sensor.Width || height != sensor.Height)
        {
            return $"is of a sensor of {width}×{height} px where {sensor} are expected";
        }

        long startUs = BinaryPrimitives.ReadInt64LittleEndian(packet[16..]);
        if (startUs is < -MaximumTimeUs or > MaximumTimeUs)
        {
            return $"is of {startUs} µs where at most {MaximumTimeUs} either way are allowed";
        }

        int count = (bytes - HeadBytes) / EventBytes;
        head = new EventPacketHead((BatchKind)packet[4], (Camera)packet[5], count, BinaryPrimitives.ReadUInt32LittleEndian(packet[8..]), startUs);
        for (int i = 0, at = HeadBytes; i < count; i++, at += EventBytes)
        {
            ushort column = BinaryPrimitives.ReadUInt16LittleEndian(packet[(at + 4)..]);
            events[i] = new DvsEvent(
                startUs + BinaryPrimitives.ReadUInt32LittleEndian(packet[at..]), (ushort)(column & ~OnBit), BinaryPrimitives.ReadUInt16LittleEndian(packet[(at + 6)..]), (Polarity)(column >> 15));
        }

        return null;
    }

    /// <summary>Writes events as one packet.</summary>
    /// <param name="target">Receives it; room for <see cref="HeadBytes"/> and <see cref="EventBytes"/> an event.</param>
    /// <param name="sensor">The camera's sensor.</param>
    /// <param name="camera">Which camera.</param>
    /// <param name="number">The packet's number.</param>
    /// <param name="events">1 to <see cref="MaximumEvents"/>, on the sensor; none is more than 71 minutes after the earliest.</param>
    /// <returns>Its length, bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or there are too many.</exception>
    /// <exception cref="OverflowException">Their times are too far apart.</exception>
    public static int Write(Span<byte> target, SensorSize sensor, Camera camera, uint number, ReadOnlySpan<DvsEvent> events)
    {
        Guard.Within(events.Length, 1, MaximumEvents, nameof(events));
        long startUs = long.MaxValue;
        foreach (ref readonly DvsEvent e in events)
        {
            startUs = Math.Min(startUs, e.TimestampUs);
        }

        WriteHead(target, BatchKind.Events, sensor, camera, number, events.Length, startUs);
        int at = HeadBytes;
        foreach (ref readonly DvsEvent e in events)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target[at..], checked((uint)(e.TimestampUs - startUs)));
            BinaryPrimitives.WriteUInt16LittleEndian(target[(at + 4)..], (ushort)(e.X | (e.Polarity == Polarity.On ? OnBit : 0)));
            BinaryPrimitives.WriteUInt16LittleEndian(target[(at + 6)..], e.Y);
            at += EventBytes;
        }

        return at;
    }

    /// <summary>Writes a packet without events.</summary>
    /// <param name="target">Receives it; room for <see cref="HeadBytes"/>.</param>
    /// <param name="kind">Clock or restart.</param>
    /// <param name="sensor">The camera's sensor.</param>
    /// <param name="camera">Which camera.</param>
    /// <param name="number">The packet's number.</param>
    /// <param name="timeUs">Its time, µs.</param>
    /// <returns>Its length, bytes.</returns>
    public static int WriteMark(Span<byte> target, BatchKind kind, SensorSize sensor, Camera camera, uint number, long timeUs)
    {
        WriteHead(target, kind, sensor, camera, number, 0, timeUs);
        return HeadBytes;
    }

    /// <summary>Times within 285,000 years of the clock's zero, so that sums of them stay far from overflowing.</summary>
    internal const long MaximumTimeUs = long.MaxValue / 1024;

    private static void WriteHead(Span<byte> target, BatchKind kind, SensorSize sensor, Camera camera, uint number, int count, long timeUs)
    {
        Magic.CopyTo(target);
        target[4] = (byte)kind;
        target[5] = (byte)camera;
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], (ushort)count);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], number);
        BinaryPrimitives.WriteUInt16LittleEndian(target[12..], (ushort)sensor.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(target[14..], (ushort)sensor.Height);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], timeUs);
    }
}
