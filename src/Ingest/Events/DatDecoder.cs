using System.Runtime.InteropServices;

namespace StereoSpike.Ingest;

/// <summary>Prophesee DAT.</summary>
/// <remarks>
/// Little-endian records of 64 bits: time in µs (32 bits), x at 32..45, y at 46..59, polarity at 60. Time wraps after 2³² µs (71.6 min).
/// Source: Prophesee, "DAT File Format", Metavision SDK documentation.
/// </remarks>
internal sealed class DatDecoder(SensorSize sensor) : IResumableDecoder
{
    private WrappingClock _clock = new(32);

    public int MostEventsPerRecord => 1;

    public int RecordBytes => sizeof(ulong);

    public DecoderState Save() => new(_clock.State.Wraps, _clock.State.Last);

    public void Restore(DecoderState state) => _clock.State = (state.Wraps, state.Last);

    public EventLosses Losses { get; } = new();

    public (int Taken, int Written) Decode(ReadOnlySpan<byte> bytes, Span<DvsEvent> events)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        uint width = (uint)sensor.Width, height = (uint)sensor.Height;
        WrappingClock clock = _clock;
        int i = 0, written = 0;
        for (; i < words.Length && written < events.Length; i++)
        {
            ulong word = words[i];
            uint x = (uint)(word >> 32) & 0x3FFF, y = (uint)(word >> 46) & 0x3FFF;
            events[written] = new DvsEvent(clock.Advance((uint)word), (ushort)x, (ushort)y, (Polarity)((word >> 60) & 1));
            written += x < width && y < height ? 1 : 0;   // one off the sensor is overwritten by the next
        }

        _clock = clock;
        Losses.OffSensor += i - written;
        return (i * sizeof(ulong), written);
    }
}
