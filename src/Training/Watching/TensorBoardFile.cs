using System.Buffers.Binary;
using System.Text;
using StereoSpike.Files;

namespace StereoSpike.Training;

/// <summary>A TensorBoard event file of scalars: made, appended to, and cut back where a resumed run takes up.</summary>
/// <remarks>
/// A file is records; a record is <c>uint64 length, uint32 masked checksum of the length, data, uint32 masked checksum of the data</c>, little-endian,
/// where <c>masked(c) = ((c ≫ 15) | (c ≪ 17)) + 0xA282EAD8</c> and c is the <see cref="Crc32C"/>. Data is a protocol buffer:
/// <c>Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }</c>,
/// <c>Summary { repeated Value value = 1; }</c>, <c>Value { string tag = 1; float simple_value = 2; }</c>.
/// Source: TensorFlow, "TFRecord and tf.train.Example" (record layout) and event.proto, summary.proto. Why not TorchSharp's SummaryWriter: docs/adr/0009.
/// </remarks>
internal static class TensorBoardFile
{
    private const int HeadBytes = 12, TailBytes = 4, MaximumRecord = 1 << 20;
    private const byte WallTime = (1 << 3) | 1, Step = 2 << 3, FileVersion = (3 << 3) | 2, SummaryField = (5 << 3) | 2, ValueField = (1 << 3) | 2, Tag = (1 << 3) | 2, SimpleValue = (2 << 3) | 5;

    /// <summary>Starts a file with the record that names its version.</summary>
    public static void Create(string path, double wallTimeSeconds) =>
        WholeFile.Write(path, stream => WriteRecord(stream, [.. Time(wallTimeSeconds), FileVersion, .. Delimited("brain.Event:2"u8)]));

    /// <summary>Appends one record with the scalars of a step; values that are no number are left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="step">Where on the horizontal axis.</param>
    /// <param name="wallTimeSeconds">When, seconds since 1970 UTC.</param>
    /// <param name="scalars">Tag and value.</param>
    public static void Append(string path, long step, double wallTimeSeconds, IEnumerable<(string Tag, double Value)> scalars)
    {
        byte[] summary =
        [
            .. scalars.Where(scalar => double.IsFinite(scalar.Value)).SelectMany(scalar =>
            {
                var value = new byte[sizeof(float)];
                BinaryPrimitives.WriteSingleLittleEndian(value, (float)scalar.Value);
                byte[] field = [Tag, .. Delimited(Encoding.UTF8.GetBytes(scalar.Tag)), SimpleValue, .. value];
                return (byte[])[ValueField, .. Delimited(field)];
            }),
        ];
        using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        WriteRecord(stream, [.. Time(wallTimeSeconds), Step, .. Varint((ulong)step), SummaryField, .. Delimited(summary)]);
    }

    /// <summary>Cuts a file before its first record of <paramref name="step"/> or later, or the first that is torn.</summary>
    public static void ForgetFrom(string path, long step)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        long kept = 0;
        while (ReadRecord(stream) is { } record && StepOf(record) < step)
        {
            kept = stream.Position;
        }

        stream.SetLength(kept);
    }

    /// <summary>The data of every whole record.</summary>
    public static IEnumerable<byte[]> Records(string path)
    {
        using FileStream stream = File.OpenRead(path);
        while (ReadRecord(stream) is { } record)
        {
            yield return record;
        }
    }

    private static byte[]? ReadRecord(FileStream stream)
    {
        Span<byte> head = stackalloc byte[HeadBytes], tail = stackalloc byte[TailBytes];
        if (stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) < HeadBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) != Masked(head[..8])
            || BinaryPrimitives.ReadUInt64LittleEndian(head) is not (<= MaximumRecord and var length))
        {
            return null;
        }

        var data = new byte[length];
        return stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false) == data.Length
            && stream.ReadAtLeast(tail, TailBytes, throwOnEndOfStream: false) == TailBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(tail) == Masked(data)
            ? data
            : null;
    }

    /// <summary>The step of one of our own events: after the time, where it is not the file's first; that one has none and counts as before all.</summary>
    private static long StepOf(ReadOnlySpan<byte> record)
    {
        int place = 1 + sizeof(double);
        if (record.Length <= place || record[place] != Step)
        {
            return -1;
        }

        ulong step = 0;
        for (int shift = 0; ++place < record.Length && shift < 64; shift += 7)
        {
            step |= (ulong)(record[place] & 0x7F) << shift;
            if (record[place] < 0x80)
            {
                break;
            }
        }

        return (long)step;
    }

    private static void WriteRecord(FileStream stream, byte[] data)
    {
        var record = new byte[HeadBytes + data.Length + TailBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Masked(record.AsSpan(0, 8)));
        data.CopyTo(record, HeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeadBytes + data.Length), Masked(data));
        stream.Write(record);   // in one call: a reader beside us sees it whole or not at all
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint checksum = Crc32C.Of(bytes);
        return ((checksum >> 15) | (checksum << 17)) + 0xA282EAD8;
    }

    private static byte[] Time(double seconds)
    {
        var field = new byte[1 + sizeof(double)];
        field[0] = WallTime;
        BinaryPrimitives.WriteDoubleLittleEndian(field.AsSpan(1), seconds);
        return field;
    }

    private static byte[] Delimited(ReadOnlySpan<byte> bytes) => [.. Varint((ulong)bytes.Length), .. bytes];

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }
}
