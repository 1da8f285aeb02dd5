namespace StereoSpike.Ingest;

/// <summary>Reads a format whose events are records one after another, through a buffer.</summary>
internal sealed class ByteEventReader : IEventReader
{
    private const int BufferBytes = 256 << 10;   // stays in the second-level cache
    private readonly Stream _stream;
    private readonly IEventDecoder _decoder;
    private readonly byte[] _buffer = new byte[Math.Max(BufferBytes, PropheseeHeader.LongestHeader)];
    private readonly Func<double>? _progress;
    private readonly long _length;
    private long _read;
    private int _start;
    private int _end;
    private int _cutShort;

    /// <param name="name">What messages call it.</param>
    /// <param name="format">What kind of file it is.</param>
    /// <param name="sensor">The camera's size.</param>
    /// <param name="stream">What follows <paramref name="begun"/>; disposed with the reader.</param>
    /// <param name="begun">Bytes of the events that were read already; at most <see cref="PropheseeHeader.LongestHeader"/>.</param>
    /// <param name="decoder">The format.</param>
    /// <param name="progress">How far the stream is, 0..1; null to tell it from the stream's length.</param>
    public ByteEventReader(string name, EventFormat format, SensorSize sensor, Stream stream, ReadOnlySpan<byte> begun, IEventDecoder decoder, Func<double>? progress = null)
    {
        Name = name;
        Format = format;
        Sensor = sensor;
        _stream = stream;
        _decoder = decoder;
        _progress = progress;
        _length = stream.CanSeek ? stream.Length : 0;
        begun.CopyTo(_buffer);
        _read = _end = begun.Length;
    }

    public string Name { get; }

    public EventFormat Format { get; }

    public SensorSize Sensor { get; }

    public double Progress => _progress is not null ? _progress() : _length > 0 ? Math.Min(1, (double)_read / _length) : 0;

    public IReadOnlyDictionary<string, long> Dropped => _cutShort == 0
        ? _decoder.Losses.ByReason
        : new Dictionary<string, long>(_decoder.Losses.ByReason) { ["record_cut_short_at_the_end"] = 1 };

    public int Read(Span<DvsEvent> destination)
    {
        Guard.AtLeast(destination.Length, EventFiles.SmallestBatch, nameof(destination));
        while (true)
        {
            int whole = (_end - _start) / _decoder.RecordBytes * _decoder.RecordBytes;
            (int taken, int written) = _decoder.Decode(_buffer.AsSpan(_start, whole), destination);
            _start += taken;
            if (written > 0)
            {
                return written;
            }

            if (taken == 0 && !Fill())
            {
                _cutShort = _end - _start;
                return 0;
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int got = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += got;
        _read += got;
        return got > 0;
    }
}
