using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StereoSpike.Ingest;

/// <summary>Prophesee EVT 3.0.</summary>
/// <remarks>
/// Little-endian words of 16 bits, by their upper four: 0 row y (11 bits); 2 an event at column x (11 bits), polarity in bit 11; 3 base column and polarity of the vectors that follow;
/// 4 and 5 a vector of 12 or 8 pixels from the base on, which then moves by as many; 6 and 8 time bits 0..11 and 12..23; 10 a trigger; 7, 14 and 15 are vendor's and skipped.
/// Time wraps every 16.8 s. Everything before the first word 8 is dropped; that word sets the lower bits to 0.
/// Source: Prophesee, "EVT 3.0 Format", Metavision SDK documentation.
/// </remarks>
internal sealed class Evt3Decoder(SensorSize sensor) : IResumableDecoder
{
    private const int LowBits = 12;
    private const uint Field = 0xFFF, Coordinate = 0x7FF;
    private WrappingClock _clock = new(24);
    private long _highUs = -1;   // −1 before the first
    private long _timeUs;
    private uint _y;
    private uint _baseX;
    private Polarity _polarity;

    private enum Kind : uint
    {
        Row = 0,
        Event = 2,
        VectorBase = 3,
        Vector12 = 4,
        Vector8 = 5,
        TimeLow = 6,
        TimeHigh = 8,
    }

    public int MostEventsPerRecord => 12;

    public int RecordBytes => sizeof(ushort);

    public DecoderState Save() => new(_clock.State.Wraps, _clock.State.Last, _highUs, _timeUs, _y, _baseX | ((long)_polarity << 32));

    public void Restore(DecoderState state)
    {
        _clock.State = (state.Wraps, state.Last);
        (_highUs, _timeUs, _y, _baseX, _polarity) = (state.A, state.B, (uint)state.C, (uint)state.D, (Polarity)(state.D >> 32 & 1));
    }

    public EventLosses Losses { get; } = new();

    public (int Taken, int Written) Decode(ReadOnlySpan<byte> bytes, Span<DvsEvent> events)
    {
        ReadOnlySpan<ushort> words = MemoryMarshal.Cast<byte, ushort>(bytes);
        uint width = (uint)sensor.Width, height = (uint)sensor.Height;
        (long timeUs, uint y) = (_timeUs, _y);
        int i = 0, written = 0, off = 0;
        for (int room = events.Length - MostEventsPerRecord; i < words.Length && written <= room; i++)
        {
            uint word = words[i], value = word & Field;
            switch ((Kind)(word >> 12))
            {
                case Kind.Event:
                    uint x = value & Coordinate;
                    events[written] = new DvsEvent(timeUs, (ushort)x, (ushort)y, (Polarity)(value >> 11));
                    int inside = x < width && y < height && _highUs >= 0 ? 1 : 0;   // any other is overwritten by the next
                    written += inside;
                    off += 1 - inside;
                    break;
                case Kind.Row:
                    y = value & Coordinate;
                    break;
                case Kind.TimeLow:
                    timeUs = _highUs + value;
                    break;
                case Kind.Vector12:
                    written += Vector(value, 12, timeUs, y, events[written..], ref off);
                    break;
                case Kind.Vector8:
                    written += Vector(value & 0xFF, 8, timeUs, y, events[written..], ref off);
                    break;
                case Kind.VectorBase:
                    (_baseX, _polarity) = (value & Coordinate, (Polarity)(value >> 11));
                    break;
                case Kind.TimeHigh:
                    bool first = _highUs < 0;
                    CountLosses(ref off, first);
                    long high = _clock.Advance((long)value << LowBits);
                    timeUs = first || high != _highUs ? high : timeUs;   // repeated, it leaves the lower bits
                    _highUs = high;
                    break;
                default:
                    break;
            }
        }

        (_timeUs, _y) = (timeUs, y);
        CountLosses(ref off, _highUs < 0);
        return (i * sizeof(ushort), written);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Vector(uint valid, uint length, long timeUs, uint y, Span<DvsEvent> events, ref int off)
    {
        int written = 0;
        bool known = y < (uint)sensor.Height && _highUs >= 0;
        for (; valid != 0; valid &= valid - 1)
        {
            uint x = _baseX + (uint)BitOperations.TrailingZeroCount(valid);
            events[written] = new DvsEvent(timeUs, (ushort)x, (ushort)y, _polarity);
            int inside = known && x < (uint)sensor.Width ? 1 : 0;
            written += inside;
            off += 1 - inside;
        }

        _baseX += length;
        return written;
    }

    private void CountLosses(ref int lost, bool beforeFirstTime)
    {
        Losses.BeforeFirstTime += beforeFirstTime ? lost : 0;
        Losses.OffSensor += beforeFirstTime ? 0 : lost;
        lost = 0;
    }
}
