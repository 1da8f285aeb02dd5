using System.Text;

namespace StereoSpike.Ingest;

/// <summary>Writes Prophesee EVT 2.0; the format as in <see cref="Evt2Decoder"/>.</summary>
internal sealed class Evt2Writer : IEventWriter
{
    private const int ClockBits = 28, LowBits = 6, LargestSide = 2048;
    private const uint TimeHigh = 8u << 28;
    private readonly RecordWriter<uint> _words;
    private long _high = -1;

    public Evt2Writer(Stream stream, SensorSize sensor)
    {
        _words = new RecordWriter<uint>(stream, sensor, "EVT 2.0", LargestSide);
        stream.Write(Encoding.ASCII.GetBytes($"% evt 2.0\n% format EVT2;height={sensor.Height};width={sensor.Width}\n% geometry {sensor.Width}x{sensor.Height}\n% end\n"));
    }

    public void Write(ReadOnlySpan<DvsEvent> events)
    {
        foreach (ref readonly DvsEvent e in events)
        {
            _words.Check(e);
            long high = e.TimestampUs >> LowBits;
            while (_high < high)
            {
                _high = ClockSteps.Next(_high, high, ClockBits);
                _words.Add(TimeHigh | (uint)(_high & ((1L << ClockBits) - 1)));
            }

            _words.Add(((uint)e.Polarity << 28) | ((uint)(e.TimestampUs & 0x3F) << 22) | ((uint)e.X << 11) | e.Y);
        }
    }

    public void Complete() => _words.Flush();
}
