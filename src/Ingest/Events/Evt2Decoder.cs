using System.Runtime.InteropServices;

namespace StereoSpike.Ingest;

/// <summary>Prophesee EVT 2.0.</summary>
/// <remarks>
/// Little-endian words of 32 bits, by their upper four: 0 OFF and 1 ON, an event with time bits 0..5 at 22..27, x at 11..21, y at 0..10; 8 time bits 6..33 at 0..27;
/// 10 a trigger; others are vendor's or continue one. Time wraps after 2³⁴ µs (4.8 h); only a drop by half of that counts as one, so that a glitch does not add hours.
/// Source: Prophesee, "EVT 2.0 Format", Metavision SDK documentation.
/// </remarks>
internal sealed class Evt2Decoder(SensorSize sensor) : IResumableDecoder
{
    private const uint TimeHigh = 8;
    private WrappingClock _clock = new(34);
    private long _timeUs = -1;   // that of the last TIME_HIGH; −1 before the first

    public int MostEventsPerRecord => 1;

    public int RecordBytes => sizeof(uint);

    public DecoderState Save() => new(_clock.State.Wraps, _clock.State.Last, _timeUs);

    public void Restore(DecoderState state)
    {
        _clock.State = (state.Wraps, state.Last);
        _timeUs = state.A;
    }

    public EventLosses Losses { get; } = new();

    public (int Taken, int Written) Decode(ReadOnlySpan<byte> bytes, Span<DvsEvent> events)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
        uint width = (uint)sensor.Width, height = (uint)sensor.Height;
        long timeUs = _timeUs;
        int i = 0, written = 0, off = 0;
        for (; i < words.Length && written < events.Length; i++)
        {
            uint word = words[i], kind = word >> 28;
            if (kind <= 1)
            {
                if (timeUs < 0)
                {
                    Losses.BeforeFirstTime++;
                    continue;
                }

                uint x = (word >> 11) & 0x7FF, y = word & 0x7FF;
                events[written] = new DvsEvent(timeUs + ((word >> 22) & 0x3F), (ushort)x, (ushort)y, (Polarity)kind);
                int inside = x < width && y < height ? 1 : 0;   // one off the sensor is overwritten by the next
                written += inside;
                off += 1 - inside;
            }
            else if (kind == TimeHigh)
            {
                timeUs = _clock.Advance((long)(word & 0x0FFF_FFFF) << 6);
            }
        }

        _timeUs = timeUs;
        Losses.OffSensor += off;
        return (i * sizeof(uint), written);
    }
}
