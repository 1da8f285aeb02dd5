using System.Numerics;
using System.Runtime.InteropServices;

namespace StereoSpike.Ingest;

/// <summary>Prophesee EVT 2.1.</summary>
/// <remarks>
/// Words of 64 bits, by their upper four: 0 OFF and 1 ON, events of a row: bit k of 0..31 is pixel x + k, y at 32..42, x at 43..53, time bits 0..5 at 54..59; 8 time bits 6..33 at 32..59;
/// 10 a trigger. Little-endian; older files (<c>endianness=legacy</c>) have the halves of a word exchanged. Time wraps as in EVT 2.0.
/// Source: Prophesee, "EVT 2.1 Format", Metavision SDK documentation.
/// </remarks>
internal sealed class Evt21Decoder(SensorSize sensor, bool halvesExchanged) : IResumableDecoder
{
    private const uint TimeHigh = 8;
    private WrappingClock _clock = new(34);
    private long _timeUs = -1;

    public int MostEventsPerRecord => 32;

    public int RecordBytes => sizeof(ulong);

    public DecoderState Save() => new(_clock.State.Wraps, _clock.State.Last, _timeUs);

    public void Restore(DecoderState state)
    {
        _clock.State = (state.Wraps, state.Last);
        _timeUs = state.A;
    }

    public EventLosses Losses { get; } = new();

    public (int Taken, int Written) Decode(ReadOnlySpan<byte> bytes, Span<DvsEvent> events)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        int i = 0, written = 0;
        for (; i < words.Length && events.Length - written >= MostEventsPerRecord; i++)
        {
            ulong word = halvesExchanged ? BitOperations.RotateLeft(words[i], 32) : words[i];
            uint kind = (uint)(word >> 60);
            if (kind == TimeHigh)
            {
                _timeUs = _clock.Advance((long)((word >> 32) & 0x0FFF_FFFF) << 6);
            }
            else if (kind <= 1)
            {
                written += Row(word, (Polarity)kind, events[written..]);
            }
        }

        return (i * sizeof(ulong), written);
    }

    private int Row(ulong word, Polarity polarity, Span<DvsEvent> events)
    {
        int y = (int)(word >> 32) & 0x7FF, x = (int)(word >> 43) & 0x7FF, written = 0;
        long timeUs = _timeUs + (long)((word >> 54) & 0x3F);
        uint valid = (uint)word;
        if (_timeUs < 0)
        {
            Losses.BeforeFirstTime += BitOperations.PopCount(valid);
            return 0;
        }

        for (; valid != 0; valid &= valid - 1)
        {
            int column = x + BitOperations.TrailingZeroCount(valid);
            if (sensor.Contains(column, y))
            {
                events[written++] = new DvsEvent(timeUs, (ushort)column, (ushort)y, polarity);
            }
            else
            {
                Losses.OffSensor++;
            }
        }

        return written;
    }
}
