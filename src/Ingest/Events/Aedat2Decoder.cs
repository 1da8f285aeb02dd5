using System.Buffers.Binary;

namespace StereoSpike.Ingest;

/// <summary>The events of an AEDAT 2 file, as jAER writes it for a DVS128 or a DAVIS.</summary>
/// <remarks>
/// Big-endian pairs of an address and a time in µs, 32 bits each. DVS128: polarity in bit 0 (0 is ON), x in 1..7, y in 8..14, bit 15 a trigger. DAVIS: bit 31 marks frames and inertial samples and bit 10
/// triggers, which hold no events; polarity in bit 11 (1 is ON), x in 12..21, y in 22..30. Both count x from the right and y from the bottom, here from the left and the top.
/// Source: iniVation, "AEDAT 2.0"; where it differs (polarity of the DVS128, direction of x), jAER's extractors DVS128 and DavisBaseCamera, which show such files the right way round.
/// </remarks>
internal sealed class Aedat2Decoder(SensorSize sensor, bool davis) : IEventDecoder
{
    private const uint DavisOther = 0x8000_0400, DvsTrigger = 0x8000;
    private WrappingClock _clock = new(32);

    public int MostEventsPerRecord => 1;

    public int RecordBytes => sizeof(ulong);

    public EventLosses Losses { get; } = new();

    public (int Taken, int Written) Decode(ReadOnlySpan<byte> bytes, Span<DvsEvent> events)
    {
        int at = 0, written = 0, lastX = sensor.Width - 1, lastY = sensor.Height - 1;
        uint other = davis ? DavisOther : DvsTrigger;
        for (; at + sizeof(ulong) <= bytes.Length && written < events.Length; at += sizeof(ulong))
        {
            uint address = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if ((address & other) != 0)
            {
                continue;
            }

            long timeUs = _clock.Advance(BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]));
            (uint x, uint y, uint on) = davis
                ? ((address >> 12) & 0x3FF, (address >> 22) & 0x1FF, (address >> 11) & 1)
                : ((address >> 1) & 0x7F, (address >> 8) & 0x7F, ~address & 1);
            bool inside = x <= lastX && y <= lastY;
            events[written] = new DvsEvent(timeUs, (ushort)(lastX - x), (ushort)(lastY - y), (Polarity)on);
            written += inside ? 1 : 0;
            Losses.OffSensor += inside ? 0 : 1;
        }

        return (at, written);
    }
}
