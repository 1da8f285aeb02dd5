using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace StereoSpike.Ingest;

/// <summary>Writes AEDAT 4 with one stream of events in LZ4 frames; the format as in <see cref="Aedat4Reader"/>.</summary>
internal sealed class Aedat4Writer : IEventWriter
{
    private const int PacketEvents = 1 << 13, EventBytes = 16, PacketHead = 32;
    private readonly Stream _stream;
    private readonly SensorSize _sensor;
    private readonly byte[] _packet = new byte[PacketHead + (PacketEvents * EventBytes)];
    private int _count;
    private long _previousUs = long.MinValue;

    public Aedat4Writer(Stream stream, SensorSize sensor)
    {
        _stream = stream;
        _sensor = sensor;
        stream.Write(Aedat4Header.Magic);
        stream.Write(Head(sensor));
    }

    public void Write(ReadOnlySpan<DvsEvent> events)
    {
        foreach (ref readonly DvsEvent e in events)
        {
            if (e.TimestampUs < _previousUs || !_sensor.Contains(e.X, e.Y))
            {
                throw new ArgumentException($"The event at x = {e.X}, y = {e.Y}, t = {e.TimestampUs} µs cannot be written as AEDAT 4: it must lie on the {_sensor} sensor and come no earlier than the last one ({_previousUs} µs).");
            }

            Span<byte> record = _packet.AsSpan(PacketHead + (_count * EventBytes), EventBytes);
            BinaryPrimitives.WriteInt64LittleEndian(record, e.TimestampUs);
            BinaryPrimitives.WriteUInt64LittleEndian(record[8..], e.X | ((ulong)e.Y << 16) | ((ulong)e.Polarity << 32));
            _previousUs = e.TimestampUs;
            if (++_count == PacketEvents)
            {
                WritePacket();
            }
        }
    }

    public void Complete()
    {
        if (_count > 0)
        {
            WritePacket();
        }
    }

    /// <summary>The size-prefixed FlatBuffer around the events, in an LZ4 frame, behind stream number and length.</summary>
    private void WritePacket()
    {
        // After the size (bytes 0..3): root offset to the table at 16, identifier, vtable (6 bytes, table of 8, field 0 at 4), two bytes of nothing; table: vtable 8 back, vector 4 on; its length.
        Span<byte> head = _packet.AsSpan(0, PacketHead);
        BinaryPrimitives.WriteInt32LittleEndian(head, PacketHead - 4 + (_count * EventBytes));
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], 16);
        "EVTS"u8.CopyTo(head[8..]);
        MemoryMarshal.AsBytes((ReadOnlySpan<short>)[6, 8, 4, 0]).CopyTo(head[12..]);
        MemoryMarshal.AsBytes((ReadOnlySpan<int>)[8, 4, _count]).CopyTo(head[20..]);
        using var packed = new MemoryStream(_packet.Length);
        Lz4Frame.Pack(_packet.AsSpan(0, PacketHead + (_count * EventBytes)), packed);
        Span<byte> packetHead = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(packetHead, packed.Length << 32);   // stream 0, length
        _stream.Write(packetHead);
        _stream.Write(packed.GetBuffer(), 0, (int)packed.Length);
        _count = 0;
    }

    private static byte[] Head(SensorSize sensor)
    {
        byte[] description = Encoding.UTF8.GetBytes(
            "<dv version=\"2.0\"><node name=\"outInfo\" path=\"/mainloop/Recorder/outInfo/\"><node name=\"0\" path=\"/mainloop/Recorder/outInfo/0/\">" +
            "<attr key=\"compression\" type=\"string\">LZ4</attr><attr key=\"originalModuleName\" type=\"string\">stereospike</attr><attr key=\"originalOutputName\" type=\"string\">events</attr>" +
            "<attr key=\"typeDescription\" type=\"string\">Array of events (polarity ON/OFF).</attr><attr key=\"typeIdentifier\" type=\"string\">EVTS</attr>" +
            $"<node name=\"info\" path=\"/mainloop/Recorder/outInfo/0/info/\"><attr key=\"sizeX\" type=\"int\">{sensor.Width}</attr><attr key=\"sizeY\" type=\"int\">{sensor.Height}</attr>" +
            "<attr key=\"source\" type=\"string\">stereospike</attr></node></node></node></dv>");

        // After the size: root offset to the table at 20, identifier, vtable (10 bytes, table of 20, fields at 4, 8, 16), two bytes of nothing; table: vtable 12 back, compression 1 (LZ4),
        // no data table (−1), string 4 on; the string with its length and a zero.
        byte[] head = new byte[4 + 44 + description.Length + 1];
        BinaryPrimitives.WriteInt32LittleEndian(head, head.Length - 4);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), 20);
        "IOHE"u8.CopyTo(head.AsSpan(8));
        MemoryMarshal.AsBytes((ReadOnlySpan<short>)[10, 20, 4, 8, 16, 0]).CopyTo(head.AsSpan(12));
        MemoryMarshal.AsBytes((ReadOnlySpan<int>)[12, 1, -1, -1, 4, description.Length]).CopyTo(head.AsSpan(24));
        description.CopyTo(head, 48);
        return head;
    }
}
