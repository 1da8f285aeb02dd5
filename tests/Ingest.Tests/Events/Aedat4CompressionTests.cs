using System.Buffers.Binary;
using ZstdSharp;

namespace StereoSpike.Ingest.Tests.Events;

/// <summary>AEDAT 4 in every compression that its head can name.</summary>
public sealed class Aedat4CompressionTests
{
    private const int HeadAt = 14;   // behind the file's first line
    private static readonly SensorSize Sensor = new(346, 260);

    private static readonly DvsEvent[] Events =
        [.. Enumerable.Range(0, 20_000).Select(i => new DvsEvent(1_000_000L + (3 * i), (ushort)(i * 7 % 346), (ushort)(i * 11 % 260), i % 3 == 0 ? Polarity.On : Polarity.Off))];   // three packets

    [Theory]
    [InlineData(0)]   // none
    [InlineData(1)]   // LZ4, as written
    [InlineData(2)]
    [InlineData(3)]   // Zstandard
    [InlineData(4)]
    public void Each_compression_holds_the_same_events(int compression)
    {
        byte[] file = Recompressed(compression);

        Assert.Equal(Events, EventFileBytes.Read(file, out IReadOnlyDictionary<string, long> dropped));
        Assert.Empty(dropped);
    }

    [Fact]
    public void A_Zstandard_bomb_is_refused()
    {
        byte[] written = EventFileBytes.Write(EventFormat.Aedat4, Sensor, Events), file = Recompressed(3);
        int packets = HeadAt + 4 + BinaryPrimitives.ReadInt32LittleEndian(written.AsSpan(HeadAt));
        using var compressor = new Compressor();
        byte[] bomb = compressor.Wrap(new byte[300 << 20]).ToArray(), head = new byte[8];   // 300 MiB of zeros in some 30 kB
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), bomb.Length);

        string message = Assert.Throws<InvalidDataException>(() => EventFileBytes.Read([.. file[..packets], .. head, .. bomb])).Message;

        Assert.Contains("unpacks to more", message, StringComparison.Ordinal);
    }

    /// <summary>The file as it is written, packed in LZ4, with its packets packed otherwise and its head saying so.</summary>
    private static byte[] Recompressed(int compression)
    {
        byte[] written = EventFileBytes.Write(EventFormat.Aedat4, Sensor, Events), unpacked = [];
        int at = HeadAt + 4 + BinaryPrimitives.ReadInt32LittleEndian(written.AsSpan(HeadAt));
        var file = new List<byte>(written[..at]);

        // The head is a FlatBuffer: at 0 the root's offset, before the table the vtable, whose third entry says where field 0, the compression, lies.
        ReadOnlySpan<byte> head = written.AsSpan(HeadAt + 4);
        int table = BinaryPrimitives.ReadInt32LittleEndian(head), vtable = table - BinaryPrimitives.ReadInt32LittleEndian(head[table..]);
        file[HeadAt + 4 + table + BinaryPrimitives.ReadInt16LittleEndian(head[(vtable + 4)..])] = (byte)compression;

        using var compressor = new Compressor();
        while (at < written.Length)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(written.AsSpan(at + 4));
            ReadOnlySpan<byte> packed = written.AsSpan(at + 8, length);
            int size = Lz4Frame.Unpack(packed, ref unpacked, 1 << 24);
            byte[] packet = compression switch { 0 => unpacked[..size], 1 or 2 => packed.ToArray(), _ => compressor.Wrap(unpacked.AsSpan(0, size)).ToArray() };
            file.AddRange(written.AsSpan(at, 4));
            file.AddRange(BitConverter.GetBytes(packet.Length));
            file.AddRange(packet);
            at += 8 + length;
        }

        return [.. file];
    }
}
