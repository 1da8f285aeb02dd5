namespace StereoSpike.Ingest;

/// <summary>The 40-bit records of N-MNIST, N-Caltech101 and other ATIS data sets.</summary>
/// <remarks>
/// Five bytes an event, big-endian: x; y; polarity in the upper bit, then 23 bits of time in µs, which wrap after 8.4 s.
/// Source: Orchard et al., "Converting Static Image Datasets to Spiking Neuromorphic Datasets Using Saccades", Frontiers in Neuroscience 2015 (arXiv:1507.07629).
/// </remarks>
internal sealed class BinDecoder(SensorSize sensor) : IEventDecoder
{
    private const int Bytes = 5;
    private WrappingClock _clock = new(23);

    public int MostEventsPerRecord => 1;

    public int RecordBytes => Bytes;

    public EventLosses Losses { get; } = new();

    public (int Taken, int Written) Decode(ReadOnlySpan<byte> bytes, Span<DvsEvent> events)
    {
        int records = bytes.Length / Bytes, i = 0, written = 0;
        for (; i < records && written < events.Length; i++)
        {
            ReadOnlySpan<byte> record = bytes.Slice(i * Bytes, Bytes);
            (byte x, byte y) = (record[0], record[1]);
            long timeUs = _clock.Advance(((record[2] & 0x7F) << 16) | (record[3] << 8) | record[4]);
            events[written] = new DvsEvent(timeUs, x, y, (Polarity)(record[2] >> 7));
            written += sensor.Contains(x, y) ? 1 : 0;
        }

        Losses.OffSensor += i - written;
        return (i * Bytes, written);
    }
}
