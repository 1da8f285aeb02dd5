using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StereoSpike.Files;
using ZstdSharp;

namespace StereoSpike.Ingest;

/// <summary>Reads the events of an AEDAT 4 file, packet by packet; other streams (frames, inertial data, triggers) are passed over.</summary>
/// <remarks>
/// After the head come packets: stream number and length, 32 bits each, then a size-prefixed FlatBuffer "EVTS", plain or in an LZ4 or Zstandard frame; its field 0 is a vector of 16-byte
/// events: time in µs (64 bits), x, y (16 bits), polarity. Packets end where the table of packets begins. Source: iniVation, dv-processing documentation and its FlatBuffers schemas.
/// </remarks>
internal sealed class Aedat4Reader : IEventReader
{
    private const int PacketHead = 8, EventBytes = 16, LargestPacket = 64 << 20, LargestUnpacked = 256 << 20, Lz4 = 1, Lz4High = 2, Zstd = 3, ZstdHigh = 4;
    private readonly Stream _stream;
    private readonly Aedat4Header _header;
    private readonly long _length;
    private readonly EventLosses _losses = new();
    private byte[] _begun;
    private byte[] _packet = [];
    private byte[] _unpacked = [];
    private long _position;
    private int _next;
    private int _end;

    /// <param name="name">What messages call it.</param>
    /// <param name="stream">What follows <paramref name="start"/>; disposed with the reader.</param>
    /// <param name="start">The file's first bytes.</param>
    /// <exception cref="InvalidDataException">The head is damaged or tells of no events.</exception>
    public Aedat4Reader(string name, Stream stream, byte[] start)
    {
        Name = name;
        _stream = stream;
        _header = Aedat4Header.Read(name, start);
        _length = stream.CanSeek ? stream.Length : 0;
        _position = _header.Length;
        _begun = start[_header.Length..];
        if (_header.Compression is < 0 or > ZstdHigh)
        {
            throw BadFile.Error(name, "header", $"says compression {_header.Compression}; none, LZ4 and Zstandard are read", "Write the file again with one of these.");
        }
    }

    public string Name { get; }

    public EventFormat Format => EventFormat.Aedat4;

    public SensorSize Sensor => _header.Sensor;

    public double Progress => _length > 0 ? Math.Min(1, (double)_position / _length) : 0;

    public IReadOnlyDictionary<string, long> Dropped => _losses.ByReason;

    public int Read(Span<DvsEvent> destination)
    {
        Guard.AtLeast(destination.Length, EventFiles.SmallestBatch, nameof(destination));
        while (true)
        {
            int written = Take(destination);
            if (written > 0)
            {
                return written;
            }

            if (_next == _end && !NextPacket())
            {
                return 0;
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private int Take(Span<DvsEvent> destination)
    {
        int count = Math.Min(destination.Length, (_end - _next) / EventBytes), written = 0;
        ReadOnlySpan<byte> records = _unpacked.AsSpan(_next, count * EventBytes);
        uint width = (uint)Sensor.Width, height = (uint)Sensor.Height;
        for (int i = 0; i < count; i++)
        {
            long timeUs = BinaryPrimitives.ReadInt64LittleEndian(records[(i * EventBytes)..]);
            ulong rest = BinaryPrimitives.ReadUInt64LittleEndian(records[((i * EventBytes) + 8)..]);
            destination[written] = new DvsEvent(timeUs, (ushort)rest, (ushort)(rest >> 16), (rest >> 32 & 0xFF) != 0 ? Polarity.On : Polarity.Off);
            written += (rest & 0xFFFF) < width && (rest >> 16 & 0xFFFF) < height ? 1 : 0;
        }

        _losses.OffSensor += count - written;
        _next += count * EventBytes;
        return written;
    }

    private bool NextPacket()
    {
        Span<byte> head = stackalloc byte[PacketHead];
        while (true)
        {
            long at = _position;
            if (_header.DataTable > 0 && at >= _header.DataTable)
            {
                return false;
            }

            int got = Fill(head);
            if (got == 0)
            {
                return false;
            }

            (int stream, int length) = (BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]));
            if (got < PacketHead || length is < 0 or > LargestPacket || (_length > 0 && length > _length - _position))
            {
                throw BadFile.Error(Name, $"packet at byte {at}", $"has {length} bytes where at most {LargestPacket >> 20} MiB, and no more than the file, are taken", "The file is damaged or cut short there.");
            }

            if (_packet.Length < length)
            {
                _packet = new byte[length];
            }

            Span<byte> packet = _packet.AsSpan(0, length);
            if (Fill(packet) < length)
            {
                throw BadFile.Error(Name, $"packet at byte {at}", "is cut short", "The recording was interrupted there.");
            }

            if (stream == _header.Stream)
            {
                Unpack(packet, at);
                return true;
            }
        }
    }

    private void Unpack(ReadOnlySpan<byte> packet, long at)
    {
        try
        {
            int length = _header.Compression switch
            {
                Lz4 or Lz4High => Lz4Frame.Unpack(packet, ref _unpacked, LargestUnpacked),
                Zstd or ZstdHigh => Unzstd(packet),
                _ => Copy(packet),
            };
            ReadOnlySpan<byte> buffer = _unpacked.AsSpan(4, length - 4);
            ReadOnlySpan<byte> events = FlatTable.Root(buffer, "EVTS"u8).Vector(0, EventBytes);
            _next = events.IsEmpty ? 0 : 4 + (int)Unsafe.ByteOffset(
                ref MemoryMarshal.GetReference(buffer), ref MemoryMarshal.GetReference(events));
            _end = _next + events.Length;
        }
        catch (Exception cause) when (cause is ArgumentException or InvalidDataException or ZstdException or OverflowException)
        {
            throw BadFile.Error(Name, $"packet at byte {at}", $"cannot be unpacked ({cause.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "The file is damaged there.", cause);
        }
    }

    private int Copy(ReadOnlySpan<byte> packet)
    {
        if (_unpacked.Length < packet.Length)
        {
            _unpacked = new byte[packet.Length];
        }

        packet.CopyTo(_unpacked);
        return packet.Length;
    }

    private int Unzstd(ReadOnlySpan<byte> packet)
    {
        using var source = new MemoryStream(packet.ToArray());
        using var stream = new DecompressionStream(source);
        int length = 0;
        while (true)
        {
            if (length == _unpacked.Length)
            {
                Array.Resize(ref _unpacked, length < LargestUnpacked ? Math.Max(1 << 16, 2 * length) : throw new InvalidDataException("a Zstandard frame unpacks to more than is taken"));
            }

            int got = stream.Read(_unpacked, length, _unpacked.Length - length);
            length += got;
            if (got == 0)
            {
                return length;
            }
        }
    }

    private int Fill(Span<byte> target)
    {
        int begun = Math.Min(_begun.Length, target.Length);
        _begun.AsSpan(0, begun).CopyTo(target);
        _begun = _begun[begun..];
        int got = begun + (begun < target.Length ? _stream.ReadAtLeast(target[begun..], target.Length - begun, throwOnEndOfStream: false) : 0);
        _position += got;
        return got;
    }
}
