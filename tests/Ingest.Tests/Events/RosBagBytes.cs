using System.Buffers.Binary;
using System.Text;

namespace StereoSpike.Ingest.Tests.Events;

/// <summary>ROS 1 bags in memory, by wiki.ros.org/Bags/Format/2.0: one chunk with a connection a topic and its messages.</summary>
internal static class RosBagBytes
{
    /// <summary>A dvs_msgs/EventArray message.</summary>
    public static (string Type, byte[] Body) EventArray(SensorSize sensor, params ReadOnlySpan<DvsEvent> events)
    {
        List<byte> body = [.. Head(sensor), .. U32((uint)events.Length)];
        foreach (ref readonly DvsEvent e in events)
        {
            body.AddRange([.. U16(e.X), .. U16(e.Y), .. U32((uint)(e.TimestampUs / 1_000_000)), .. U32((uint)(e.TimestampUs % 1_000_000 * 1000)), (byte)e.Polarity]);
        }

        return ("dvs_msgs/EventArray", [.. body]);
    }

    /// <summary>An event_camera_msgs/EventPacket message.</summary>
    public static (string Type, byte[] Body) EventPacket(SensorSize sensor, string encoding, byte[] packet) =>
        ("event_camera_msgs/EventPacket", [.. Head(sensor), .. new byte[16], .. Text(encoding), 0, .. U32((uint)packet.Length), .. packet]);

    /// <summary>A bag.</summary>
    public static byte[] Write(string compression, params ReadOnlySpan<(string Topic, (string Type, byte[] Body) Message)> messages)
    {
        var chunk = new List<byte>();
        var topics = new List<string>();
        foreach ((string topic, (string type, byte[] body)) in messages)
        {
            if (!topics.Contains(topic))
            {
                topics.Add(topic);
                chunk.AddRange(Record([("op", [7]), ("conn", U32((uint)topics.Count - 1)), ("topic", Encoding.UTF8.GetBytes(topic))], Fields([("topic", Encoding.UTF8.GetBytes(topic)), ("type", Encoding.UTF8.GetBytes(type))])));
            }

            chunk.AddRange(Record([("op", [2]), ("conn", U32((uint)topics.IndexOf(topic))), ("time", new byte[8])], body));
        }

        byte[] records = [.. chunk], packed = records;
        if (compression == "lz4")
        {
            using var stream = new MemoryStream();
            Lz4Frame.Pack(records, stream);
            packed = stream.ToArray();
        }

        return
        [
            .. "#ROSBAG V2.0\n"u8,
            .. Record([("op", [3]), ("index_pos", new byte[8]), ("conn_count", U32((uint)topics.Count)), ("chunk_count", U32(1))], new byte[100]),
            .. Record([("op", [5]), ("compression", Encoding.UTF8.GetBytes(compression)), ("size", U32((uint)records.Length))], packed),
            .. Record([("op", [4]), ("ver", U32(1)), ("conn", U32(0)), ("count", U32(0))], []),
        ];
    }

    private static byte[] Head(SensorSize sensor) => [.. new byte[12], .. Text("camera"), .. U32((uint)sensor.Height), .. U32((uint)sensor.Width)];

    private static byte[] Record((string Name, byte[] Value)[] header, byte[] body)
    {
        byte[] fields = Fields(header);
        return [.. U32((uint)fields.Length), .. fields, .. U32((uint)body.Length), .. body];
    }

    private static byte[] Fields((string Name, byte[] Value)[] fields) =>
        [.. fields.SelectMany(field => (byte[])[.. U32((uint)(field.Name.Length + 1 + field.Value.Length)), .. Encoding.UTF8.GetBytes(field.Name), (byte)'=', .. field.Value])];

    private static byte[] Text(string text) => [.. U32((uint)text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] U16(ushort value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] U32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
