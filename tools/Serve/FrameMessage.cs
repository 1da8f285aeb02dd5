using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;

namespace StereoSpike.Serve;

/// <summary>An answer as pages get it: one binary WebSocket message.</summary>
/// <remarks>
/// Little endian: 4 bytes length of the head, the head (JSON, UTF-8), then the sections that its <c>sections</c> lists, end to end, by name and bytes:
/// <code>
/// events     [H,W] bytes: left events, ON in the upper four bits, OFF in the lower
/// depth      [H,W] 16 bits: millimetres, as in DepthPng
/// supported  [H,W] bits, the first pixel lowest: 1 where events support the depth
/// truth      like depth; 0 where unknown; only where depth was measured at that instant
/// </code>
/// A message without sections tells how things stand.
/// </remarks>
internal static class FrameMessage
{
    /// <summary>The message of an answer.</summary>
    /// <param name="session">How things stand.</param>
    /// <param name="snapshot">The answer; null to tell only how things stand.</param>
    public static byte[] Encode(LiveSession session, Snapshot? snapshot)
    {
        JsonObject head = session.Report();
        var sections = new List<(string Name, byte[] Bytes)>();
        if (snapshot is not null)
        {
            head["frame"] = snapshot.Report.DeepClone();
            head["layers"] = snapshot.Layers.DeepClone();
            sections.Add(("events", snapshot.Events));
            sections.Add(("depth", Millimetres(snapshot.Depth)));
            sections.Add(("supported", Bits(snapshot.Supported)));
            if (snapshot.Truth is { } truth)
            {
                sections.Add(("truth", Millimetres(truth)));
            }
        }

        head["sections"] = new JsonArray([.. sections.Select(section => new JsonObject { ["name"] = section.Name, ["bytes"] = section.Bytes.Length })]);
        byte[] text = Encoding.UTF8.GetBytes(head.ToJsonString());
        var message = new byte[sizeof(int) + text.Length + sections.Sum(section => section.Bytes.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(message, text.Length);
        text.CopyTo(message, sizeof(int));
        int at = sizeof(int) + text.Length;
        foreach ((_, byte[] bytes) in sections)
        {
            bytes.CopyTo(message, at);
            at += bytes.Length;
        }

        return message;
    }

    private static byte[] Millimetres(DepthMap depth)
    {
        var bytes = new byte[sizeof(ushort) * depth.Metres.Length];
        for (int i = 0; i < depth.Metres.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(sizeof(ushort) * i), DepthPng.Millimetres(depth.Metres[i]));
        }

        return bytes;
    }

    private static byte[] Bits(byte[] marks)
    {
        var bits = new byte[(marks.Length + 7) / 8];
        for (int i = 0; i < marks.Length; i++)
        {
            bits[i >> 3] |= (byte)(marks[i] << (i & 7));
        }

        return bits;
    }
}
