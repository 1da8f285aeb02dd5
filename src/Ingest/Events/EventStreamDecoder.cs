namespace StereoSpike.Ingest;

/// <summary>The DVS events of an Event Stream file, version 2.</summary>
/// <remarks>
/// A byte 0xFF adds 127 µs to the clock and 0xFE is a pause mark; any other begins an event: polarity in bit 0, µs since the last event or mark in bits 1..7; then x and y, 16 bits each, little-endian.
/// y counts from the bottom there and from the top here.
/// Source: A. Marcireau, "Event Stream specification", version 2.0.0.
/// </remarks>
internal sealed class EventStreamDecoder(SensorSize sensor) : IEventDecoder
{
    private const byte Overflow = 0xFF, Mark = 0xFE;
    private const int OverflowUs = 127, EventBytes = 5;
    private long _timeUs;

    public int MostEventsPerRecord => 1;

    public int RecordBytes => 1;

    public EventLosses Losses { get; } = new();

    public (int Taken, int Written) Decode(ReadOnlySpan<byte> bytes, Span<DvsEvent> events)
    {
        int at = 0, written = 0, last = sensor.Height - 1;
        while (at < bytes.Length && written < events.Length)
        {
            byte head = bytes[at];
            if (head >= Mark)
            {
                _timeUs += head == Overflow ? OverflowUs : 0;
                at++;
                continue;
            }

            if (at + EventBytes > bytes.Length)
            {
                break;
            }

            _timeUs += head >> 1;
            int x = bytes[at + 1] | (bytes[at + 2] << 8), y = last - (bytes[at + 3] | (bytes[at + 4] << 8));
            if (sensor.Contains(x, y))
            {
                events[written++] = new DvsEvent(_timeUs, (ushort)x, (ushort)y, (Polarity)(head & 1));
            }
            else
            {
                Losses.OffSensor++;
            }

            at += EventBytes;
        }

        return (at, written);
    }
}
