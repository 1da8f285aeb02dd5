using System.Text;

namespace StereoSpike.Ingest;

/// <summary>Writes Prophesee DAT; the format as in <see cref="DatDecoder"/>.</summary>
internal sealed class DatWriter : IEventWriter
{
    private const byte ChangeDetection = 0x0C;
    private readonly RecordWriter<ulong> _words;

    public DatWriter(Stream stream, SensorSize sensor)
    {
        _words = new RecordWriter<ulong>(stream, sensor, "DAT", SensorSize.MaximumSide);
        stream.Write(Encoding.ASCII.GetBytes($"% Data file containing CD events.\n% Version 2\n% Height {sensor.Height}\n% Width {sensor.Width}\n"));
        stream.Write([ChangeDetection, sizeof(ulong)]);
    }

    public void Write(ReadOnlySpan<DvsEvent> events)
    {
        foreach (ref readonly DvsEvent e in events)
        {
            _words.Check(e);
            if (e.TimestampUs > uint.MaxValue)
            {
                throw new ArgumentException($"The event at {e.TimestampUs} µs lies beyond DAT's clock of 71.6 minutes. Write EVT 3.0 or AEDAT 4 instead.");
            }

            _words.Add((uint)e.TimestampUs | ((ulong)e.X << 32) | ((ulong)e.Y << 46) | ((ulong)e.Polarity << 60));
        }
    }

    public void Complete() => _words.Flush();
}
