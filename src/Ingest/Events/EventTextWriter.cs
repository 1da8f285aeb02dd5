using System.Buffers.Text;

namespace StereoSpike.Ingest;

/// <summary>Writes events as text, one a line: t in µs, x, y, p as 1 or 0.</summary>
internal sealed class EventTextWriter : IEventWriter
{
    private const int LongestLine = 64, BufferBytes = 1 << 16;
    private readonly Stream _stream;
    private readonly byte _separator;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _length;

    /// <param name="stream">Receives the text.</param>
    /// <param name="commas">Whether fields are separated by commas, below a heading, instead of spaces.</param>
    public EventTextWriter(Stream stream, bool commas)
    {
        _stream = stream;
        _separator = commas ? (byte)',' : (byte)' ';
        stream.Write(commas ? "t,x,y,p\n"u8 : []);
    }

    public void Write(ReadOnlySpan<DvsEvent> events)
    {
        foreach (ref readonly DvsEvent e in events)
        {
            if (_length + LongestLine > BufferBytes)
            {
                Complete();
            }

            Add(e.TimestampUs, _separator);
            Add(e.X, _separator);
            Add(e.Y, _separator);
            Add((long)e.Polarity, (byte)'\n');
        }
    }

    public void Complete()
    {
        _stream.Write(_buffer, 0, _length);
        _length = 0;
    }

    private void Add(long value, byte after)
    {
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out int written);
        _length += written;
        _buffer[_length++] = after;
    }
}
