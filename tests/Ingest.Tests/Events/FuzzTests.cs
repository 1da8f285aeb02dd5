using System.Diagnostics;
using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Events;

/// <summary>Damaged files of every format: read, or refused by name, but never a crash, a hang or memory beyond what the file justifies.</summary>
public sealed class FuzzTests
{
    private const long MostBytesAllocated = 64L << 20;
    private static readonly int Inputs = FuzzInputs.Count(2000);
    private static readonly SensorSize Sensor = new(640, 480);

    public static TheoryData<EventFormat> Formats => [EventFormat.Evt2, EventFormat.Evt21, EventFormat.Evt3, EventFormat.Dat, EventFormat.Bin, EventFormat.EventStream, EventFormat.Aedat2, EventFormat.Aedat4, EventFormat.RosBag];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_damaged_file_is_read_or_refused(EventFormat format)
    {
        byte[] whole = Seed(format);
        var damage = Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, 3]).Array[1, 8];
        Gen.Select(damage, Gen.Int[0, whole.Length], Gen.Int[0, 9]).Sample(
            (changes, length, cut) =>
            {
                byte[] file = [.. cut == 0 ? whole.AsSpan(0, length) : whole];
                foreach ((int at, byte value, int kind) in changes.Where(change => change.Item1 < file.Length))
                {
                    file[at] = kind switch { 0 => value, 1 => (byte)(file[at] ^ (1 << (value & 7))), 2 => 0xFF, _ => 0 };
                }

                Read(file, format);
            },
            iter: Inputs,
            threads: 1);
    }

    private static void Read(byte[] file, EventFormat format)
    {
        long before = GC.GetAllocatedBytesForCurrentThread(), started = Stopwatch.GetTimestamp();
        try
        {
            foreach (DvsEvent e in EventFileBytes.Read(file, format == EventFormat.Bin ? "seed.bin" : "seed", new EventFileOptions { Sensor = Sensor }))
            {
                Assert.True(Sensor.Contains(e.X, e.Y) || format == EventFormat.Aedat4 || format == EventFormat.RosBag || format == EventFormat.EventStream);
            }
        }
        catch (InvalidDataException refusal)
        {
            Assert.StartsWith("seed", refusal.Message, StringComparison.Ordinal);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytesAllocated, "too much memory");
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "too slow");
    }

    private static byte[] Seed(EventFormat format)
    {
        var random = new Random(7);
        long timeUs = 0;
        DvsEvent[] events = [.. Enumerable.Range(0, 200).Select(_ => new DvsEvent(timeUs += random.Next(400), (ushort)random.Next(640), (ushort)random.Next(480), (Polarity)random.Next(2)))];
        byte[] words = new byte[1600];
        random.NextBytes(words);
        return format switch
        {
            EventFormat.Evt21 => [.. "% format EVT21;height=480;width=640\n% end\n"u8, 0, 0, 0, 0, 1, 0, 0, 0x80, .. words],
            EventFormat.Aedat2 => [.. "#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.Davis640\r\n"u8, .. words],
            EventFormat.RosBag => RosBagBytes.Write(compression: "lz4", ("/left/events", RosBagBytes.EventArray(Sensor, events.AsSpan(0, 100))), ("/left/events", RosBagBytes.EventArray(Sensor, events.AsSpan(100)))),
            EventFormat.Bin => words,
            EventFormat.EventStream => [.. "Event Stream"u8, 2, 0, 0, 1, 0x80, 2, 0xE0, 1, .. words],
            _ => EventFileBytes.Write(format, Sensor, events),
        };
    }
}
