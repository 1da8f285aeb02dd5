using System.Text;

namespace StereoSpike.Ingest;

/// <summary>Writes Prophesee EVT 3.0; the format as in <see cref="Evt3Decoder"/>. Neighbours of a row, instant and polarity become vectors.</summary>
internal sealed class Evt3Writer : IEventWriter
{
    private const int ClockBits = 12, LowBits = 12, LargestSide = 2048, VectorLength = 12, ShortestVector = 3;
    private const uint Row = 0, Event = 2 << 12, VectorBase = 3 << 12, Vector = 4 << 12, TimeLow = 6 << 12, TimeHigh = 8 << 12;
    private readonly RecordWriter<ushort> _words;
    private long _timeUs = -1;
    private long _high = -1;
    private int _row = -1;

    public Evt3Writer(Stream stream, SensorSize sensor)
    {
        _words = new RecordWriter<ushort>(stream, sensor, "EVT 3.0", LargestSide);
        stream.Write(Encoding.ASCII.GetBytes($"% evt 3.0\n% format EVT3;height={sensor.Height};width={sensor.Width}\n% geometry {sensor.Width}x{sensor.Height}\n% end\n"));
    }

    public void Write(ReadOnlySpan<DvsEvent> events)
    {
        for (int i = 0; i < events.Length;)
        {
            DvsEvent e = events[i];
            _words.Check(e);
            MoveClock(e.TimestampUs);
            if (e.Y != _row)
            {
                _row = e.Y;
                Add(Row, e.Y);
            }

            uint polarity = (uint)e.Polarity << 11, bits = 1;
            int run = 1;
            for (; i + run < events.Length && Follows(events[i + run - 1], events[i + run]) && events[i + run].X - e.X < VectorLength; run++)
            {
                _words.Check(events[i + run]);
                bits |= 1u << (events[i + run].X - e.X);
            }

            if (run >= ShortestVector)
            {
                Add(VectorBase, polarity | e.X);
                Add(Vector, bits);
            }
            else
            {
                foreach (ref readonly DvsEvent one in events.Slice(i, run))
                {
                    Add(Event, polarity | one.X);
                }
            }

            i += run;
        }
    }

    public void Complete() => _words.Flush();

    private static bool Follows(in DvsEvent before, in DvsEvent e) =>
        e.TimestampUs == before.TimestampUs && e.Y == before.Y && e.Polarity == before.Polarity && e.X > before.X;

    private void MoveClock(long timeUs)
    {
        if (timeUs == _timeUs)
        {
            return;
        }

        for (long high = timeUs >> LowBits; _high < high;)
        {
            _high = ClockSteps.Next(_high, high, ClockBits);
            Add(TimeHigh, (uint)(_high & ((1L << ClockBits) - 1)));
        }

        Add(TimeLow, (uint)(timeUs & ((1L << LowBits) - 1)));
        _timeUs = timeUs;
    }

    private void Add(uint kind, uint value) => _words.Add((ushort)(kind | value));
}
