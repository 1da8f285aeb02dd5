using System.Buffers.Binary;
using System.Text;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>The events of one topic of a ROS 1 bag, as the bytes that lie in its messages one after another.</summary>
/// <remarks>
/// A bag is a line, then records: a header of name=value fields and a body, both with their length before them. Chunks (op 5) hold more records; connections (op 7) name topics and their types;
/// messages (op 2) hold what was sent. Source: wiki.ros.org/Bags/Format/2.0. Two kinds of messages are read:
/// <code>
/// event_camera_msgs/EventPacket                       header, height, width, seq (64 bits), time_base (64), encoding (text), byte order (8), bytes of EVT 3.0
/// dvs_msgs, prophesee_event_msgs and kin/EventArray   header, height, width, events of 13 bytes (<see cref="RosEventDecoder"/>)
/// header                                              seq, s, ns (32 bits each), frame (text)
/// </code>
/// Memory holds one chunk, up to 256 MiB.
/// </remarks>
internal sealed class RosBagPackets : ForwardStream
{
    private const int LargestBody = 256 << 20, LargestHeader = 1 << 20, FirstGrowth = 1 << 16;
    private const byte Message = 2, Chunk = 5, Connection = 7;
    private readonly RosBagBytes _bag;
    private readonly string _name;
    private readonly string? _topic;
    private readonly Dictionary<uint, (string Topic, string Type)> _connections = [];
    private byte[] _unpacked = [];
    private ReadOnlyMemory<byte> _records;   // of the present chunk
    private ReadOnlyMemory<byte> _payload;   // of the present message
    private string? _chosen;
    private SensorSize? _sensor;

    /// <param name="name">What messages call the file.</param>
    /// <param name="stream">What follows <paramref name="start"/>; disposed with this.</param>
    /// <param name="start">The file's first bytes.</param>
    /// <param name="topic">Whose events; null where only one topic has any.</param>
    /// <exception cref="InvalidDataException">The bag is damaged, has no such topic or no events, or several topics and none was named.</exception>
    public RosBagPackets(string name, Stream stream, byte[] start, string? topic)
    {
        (_name, _topic) = (name, topic);
        _bag = new RosBagBytes(name, stream, start);
        if (!NextMessage())
        {
            throw BadFile.Error(name, "", _connections.Count == 0 ? "has no topics" : $"has no events{(topic is null ? "" : $" of {topic}")}, only {string.Join(", ", _connections.Values.Select(known => $"{known.Topic} ({known.Type})").Distinct())}",
                "Events are read from EventPacket (EVT 3.0) and EventArray messages; name their topic with --topic.");
        }
    }

    /// <summary>The camera's size, as the messages say.</summary>
    public SensorSize Sensor => _sensor!.Value;

    /// <summary>Whether messages hold EVT 3.0; else events of 13 bytes.</summary>
    public bool IsEvt3 { get; private set; }

    /// <summary>How far it is, 0..1; 0 where the length is unknown.</summary>
    public double Progress => _bag.Progress;

    public override int Read(Span<byte> buffer)
    {
        while (_payload.IsEmpty)
        {
            if (!NextMessage())
            {
                return 0;
            }
        }

        int count = Math.Min(buffer.Length, _payload.Length);
        _payload.Span[..count].CopyTo(buffer);
        _payload = _payload[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _bag.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Goes on to the next message of the topic.</summary>
    private bool NextMessage()
    {
        while (true)
        {
            Dictionary<string, ReadOnlyMemory<byte>> fields;
            ReadOnlyMemory<byte> body;
            if (!_records.IsEmpty)
            {
                (fields, body) = (Fields(Part(ref _records, LargestHeader)), Part(ref _records, LargestBody));
            }
            else if (_bag.Next(LargestHeader) is { } header)
            {
                fields = Fields(header.ToArray());
                body = _bag.Next(LargestBody) ?? throw Damaged("ends between a record's header and its body");
            }
            else
            {
                return false;
            }

            switch (fields.TryGetValue("op", out ReadOnlyMemory<byte> op) && op.Length == 1 ? op.Span[0] : throw Damaged("has a record without its kind"))
            {
                case Chunk when _records.IsEmpty:
                    _records = Unpack(Text(fields, "compression"), Number(fields, "size"), body);
                    break;
                case Connection:
                    Connect(Number(fields, "conn"), Text(fields, "topic"), Text(Fields(body), "type"));
                    break;
                case Message when _connections.TryGetValue(Number(fields, "conn"), out (string Topic, string Type) from) && from.Topic == _chosen:
                    Take(from.Type, body);
                    return true;
            }
        }
    }

    private void Connect(uint connection, string topic, string type)
    {
        _connections[connection] = (topic, type);
        if (!HoldsEvents(type) || (_topic is not null && topic != _topic))
        {
            return;
        }

        _chosen = _chosen is null || _chosen == topic ? topic
            : throw BadFile.Error(_name, $"topic {topic}", $"has events, and so has {_chosen}", $"Say whose are wanted: --topic {_chosen}, or --topic {topic}.");
    }

    private static bool HoldsEvents(string type) => type.EndsWith("/EventArray", StringComparison.Ordinal) || type == "event_camera_msgs/EventPacket";

    private void Take(string type, ReadOnlyMemory<byte> message)
    {
        Skip(ref message, 3 * sizeof(uint));
        Part(ref message, LargestHeader);   // frame
        (uint height, uint width) = (Number(ref message), Number(ref message));
        SensorSize sensor = width is >= 1 and <= SensorSize.MaximumSide && height is >= 1 and <= SensorSize.MaximumSide
            ? new SensorSize((int)width, (int)height)
            : throw Damaged($"has a message of a camera of {width}×{height} pixels");
        _sensor ??= sensor;
        if (sensor != _sensor)
        {
            throw Damaged($"has messages of cameras of {_sensor} and {sensor} pixels on one topic");
        }

        IsEvt3 = !type.EndsWith("/EventArray", StringComparison.Ordinal);
        if (!IsEvt3)
        {
            uint count = Number(ref message);
            _payload = count <= (uint)message.Length / RosEventDecoder.Bytes ? message[..((int)count * RosEventDecoder.Bytes)] : throw Damaged($"has a message of {message.Length} bytes that says {count} events");
            return;
        }

        Skip(ref message, 2 * sizeof(ulong));
        string encoding = Encoding.UTF8.GetString(Part(ref message, LargestHeader).Span);
        if (encoding != "evt3")
        {
            throw BadFile.Error(_name, $"topic {_chosen}", $"is encoded as \"{encoding}\"; evt3 is read", "Record the camera's own EVT 3.0, or convert the bag with event_camera_codecs.");
        }

        Skip(ref message, 1);
        _payload = Part(ref message, LargestBody);
    }

    private ReadOnlyMemory<byte> Unpack(string compression, uint size, ReadOnlyMemory<byte> body)
    {
        switch (compression)
        {
            case "none":
                return body;
            case "lz4" when size <= LargestBody:
                int length;
                try
                {
                    length = Lz4Frame.Unpack(body.Span, ref _unpacked, (int)size);
                }
                catch (Exception cause) when (cause is ArgumentException or InvalidDataException or OverflowException)
                {
                    throw Damaged($"has a chunk that cannot be unpacked ({cause.Message.ReplaceLineEndings(" ").TrimEnd('.')})");
                }

                return length == size ? _unpacked.AsMemory(0, length) : throw Damaged($"has a chunk of {length} bytes that says {size}");
            default:
                throw BadFile.Error(_name, "chunk", $"is compressed with {compression}; plain and LZ4 chunks up to {LargestBody >> 20} MiB are read", "Unpack it first: rosbag decompress.");
        }
    }

    private Dictionary<string, ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> header)
    {
        var fields = new Dictionary<string, ReadOnlyMemory<byte>>();
        while (!header.IsEmpty)
        {
            ReadOnlyMemory<byte> field = Part(ref header, LargestBody);
            int equals = field.Span.IndexOf((byte)'=');
            fields[equals < 1 ? throw Damaged("has a field without a name") : Encoding.UTF8.GetString(field.Span[..equals])] = field[(equals + 1)..];
        }

        return fields;
    }

    private string Text(Dictionary<string, ReadOnlyMemory<byte>> fields, string name) =>
        fields.TryGetValue(name, out ReadOnlyMemory<byte> value) ? Encoding.UTF8.GetString(value.Span) : throw Damaged($"has a record without its {name}");

    private uint Number(Dictionary<string, ReadOnlyMemory<byte>> fields, string name) =>
        fields.TryGetValue(name, out ReadOnlyMemory<byte> value) && value.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(value.Span) : throw Damaged($"has a record without its {name}");

    private uint Number(ref ReadOnlyMemory<byte> bytes)
    {
        uint value = bytes.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) : throw Damaged("has a record that is cut short");
        bytes = bytes[sizeof(uint)..];
        return value;
    }

    /// <summary>A part with its length before it.</summary>
    private ReadOnlyMemory<byte> Part(ref ReadOnlyMemory<byte> bytes, int most)
    {
        uint length = Number(ref bytes);
        ReadOnlyMemory<byte> part = length <= most && length <= bytes.Length ? bytes[..(int)length] : throw Damaged($"has a part of {length} bytes where {bytes.Length} are left");
        bytes = bytes[(int)length..];
        return part;
    }

    private void Skip(ref ReadOnlyMemory<byte> bytes, int count) => bytes = count <= bytes.Length ? bytes[count..] : throw Damaged("has a message that is cut short");

    private InvalidDataException Damaged(string what) => BadFile.Error(_name, $"before byte {_bag.Position}", what, "The bag is damaged there; rosbag reindex or fix may mend it.");

    /// <summary>A bag's records as they lie in the file.</summary>
    private sealed class RosBagBytes : IDisposable
    {
        private readonly string _name;
        private readonly Stream _stream;
        private readonly long _length;
        private ReadOnlyMemory<byte> _begun;
        private byte[] _body = [];

        public RosBagBytes(string name, Stream stream, byte[] start)
        {
            (_name, _stream, _length) = (name, stream, stream.CanSeek ? stream.Length : 0);
            int line = start.AsSpan().IndexOf((byte)'\n') + 1;
            (_begun, Position) = (start.AsMemory(line), line);
        }

        public long Position { get; private set; }

        public double Progress => _length > 0 ? Math.Min(1, (double)Position / _length) : 0;

        /// <summary>What has its length before it; null at the end of the file. Valid until the next call.</summary>
        public ReadOnlyMemory<byte>? Next(int most)
        {
            Span<byte> head = stackalloc byte[sizeof(uint)];
            long at = Position;
            int got = Fill(head);
            if (got == 0)
            {
                return null;
            }

            uint length = BinaryPrimitives.ReadUInt32LittleEndian(head);
            if (got < head.Length || length > most || (_length > 0 && length > _length - Position))
            {
                throw BadFile.Error(_name, $"record at byte {at}", $"says {length} bytes where at most {most}, and no more than the file, are taken", "The bag is damaged or cut short there; rosbag reindex or fix may mend it.");
            }

            for (int read = 0; read < length;)   // grown as bytes come, since a pipe's length is not known
            {
                if (read == _body.Length)
                {
                    Array.Resize(ref _body, (int)Math.Min(length, Math.Max(FirstGrowth, 2L * _body.Length)));
                }

                int more = Fill(_body.AsSpan(read, (int)Math.Min(length, _body.Length) - read));
                read += more > 0 ? more : throw BadFile.Error(_name, $"record at byte {at}", "is cut short", "The recording was interrupted there; rosbag reindex may mend it.");
            }

            return _body.AsMemory(0, (int)length);
        }

        public void Dispose() => _stream.Dispose();

        private int Fill(Span<byte> target)
        {
            int begun = Math.Min(_begun.Length, target.Length);
            _begun.Span[..begun].CopyTo(target);
            _begun = _begun[begun..];
            int got = begun + (begun < target.Length ? _stream.ReadAtLeast(target[begun..], target.Length - begun, throwOnEndOfStream: false) : 0);
            Position += got;
            return got;
        }
    }
}
