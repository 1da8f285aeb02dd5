using System.Buffers.Binary;
using System.Text;

namespace StereoSpike.Ingest.Tests.Events;

public sealed class Aedat2Tests
{
    [Fact]
    public void A_DAVIS_counts_columns_from_the_right_and_rows_from_the_bottom()
    {
        // y in 22..30, x in 12..21, polarity in 11. (345 − 5, 259 − 3) is raw x = 5, y = 3, ON.
        // Bit 31 marks a frame's sample and bit 10 a trigger: neither is an event.
        byte[] file = File("# AEChip: eu.seebetter.ini.chips.davis.Davis346red\r\n", ((3u << 22) | (5u << 12) | (1u << 11), 100), (0x8000_0000, 101), (0x400, 102), ((259u << 22) | (345u << 12), 103));

        using IEventReader reader = EventFiles.Open(new MemoryStream(file), "test");

        Assert.Equal((EventFormat.Aedat2, new SensorSize(346, 260)), (reader.Format, reader.Sensor));
        Assert.Equal([new(100, 340, 256, Polarity.On), new(103, 0, 0, Polarity.Off)], EventFileBytes.ReadAll(reader));
        Assert.Empty(reader.Dropped);
    }

    [Fact]
    public void A_DVS128_says_ON_with_a_zero()
    {
        // y in 8..14, x in 1..7, polarity in 0: 0 is ON. Raw x = 7, y = 9. Bit 15 is a trigger.
        byte[] file = File("# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n#End Of ASCII Header\r\n", ((9u << 8) | (7u << 1), 5), (0x8000, 6), ((9u << 8) | (7u << 1) | 1, 7));

        Assert.Equal([new(5, 120, 118, Polarity.On), new(7, 120, 118, Polarity.Off)], EventFileBytes.Read(file));
    }

    [Fact]
    public void The_clock_goes_on_over_its_wrap() =>
        Assert.Equal([0xFFFF_FFF0L, 0x1_0000_0010L], EventFileBytes.Read(File("# AEChip: DVS128\r\n", (2, 0xFFFF_FFF0), (2, 0x10))).Select(e => e.TimestampUs));

    [Fact]
    public void Without_a_chip_the_size_must_be_given()
    {
        byte[] file = File("# created with other software\n", ((9u << 8) | (7u << 1), 5));

        Assert.Contains("names no chip (AEChip). Say the camera's size", Assert.Throws<InvalidDataException>(() => EventFileBytes.Read(file)).Message, StringComparison.Ordinal);
        Assert.Equal([new(5, 120, 118, Polarity.On)], EventFileBytes.Read(file, options: new EventFileOptions { Sensor = new SensorSize(128, 128) }));
        Assert.Contains(
            "names the chip cDVS; DVS128, Davis240", Assert.Throws<InvalidDataException>(() => EventFileBytes.Read(File("# AEChip: cDVS\n"))).Message, StringComparison.Ordinal);
    }

    private static byte[] File(string header, params (uint Address, uint TimeUs)[] records)
    {
        byte[] words = new byte[8 * records.Length];
        for (int i = 0; i < records.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(words.AsSpan(8 * i), records[i].Address);
            BinaryPrimitives.WriteUInt32BigEndian(words.AsSpan((8 * i) + 4), records[i].TimeUs);
        }

        return [.. Encoding.ASCII.GetBytes("#!AER-DAT2.0\r\n" + header), .. words];
    }
}
