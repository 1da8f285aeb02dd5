using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Events;

public sealed class IndexedEventsTests : IDisposable
{
    private static readonly SensorSize Sensor = new(640, 480);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EventFormat.Evt2)]
    [InlineData(EventFormat.Evt3)]
    [InlineData(EventFormat.Dat)]
    public void Any_place_and_time_is_what_reading_from_the_beginning_gives(EventFormat format)
    {
        // 250,000 events in 40 minutes, so that EVT 3.0's clock of 16.8 s wraps over a hundred times; four stretches.
        (string path, DvsEvent[] events) = Write(format, 250_000, 19_000);

        (long count, int entries) = IndexedEvents.MakeIndex(path);
        using IndexedEvents indexed = IndexedEvents.Open(path);

        Assert.Equal((250_000L, 250_000L, format, Sensor), (count, indexed.Count, indexed.Format, indexed.Sensor));
        Assert.InRange(entries, 3, 5);
        Gen.Select(Gen.Int[0, events.Length], Gen.Int[0, 90_000], Gen.Long[-5, events[^1].TimestampUs + 5]).Sample(
            (first, length, timeUs) =>
            {
                var read = new DvsEvent[Math.Min(length, events.Length - first)];
                indexed.Read(first, read);

                Assert.True(read.AsSpan().SequenceEqual(events.AsSpan(first, read.Length)));
                int before = events.AsSpan().BinarySearch(new Before(timeUs));
                Assert.Equal(~before, indexed.LowerBound(timeUs));
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void Twenty_one_is_indexed_too()
    {
        // One TIME_HIGH of 64 µs, then rows of two pixels: bits 0 and 1 at x = 10, y = i, ON.
        string path = _folder.File("a.raw");
        using (FileStream stream = File.Create(path))
        {
            stream.Write("% format EVT21;height=480;width=640\n% end\n"u8);
            stream.Write(BitConverter.GetBytes((8UL << 60) | (1UL << 32)));
            for (ulong i = 0; i < 40_000; i++)
            {
                stream.Write(BitConverter.GetBytes((1UL << 60) | (10UL << 43) | ((i % 480) << 32) | 3));
            }
        }

        IndexedEvents.MakeIndex(path);
        using IndexedEvents indexed = IndexedEvents.Open(path);
        var read = new DvsEvent[2];
        indexed.Read(79_998, read);

        Assert.Equal(80_000, indexed.Count);
        Assert.Equal([new(64, 10, 39_999 % 480, Polarity.On), new(64, 11, 39_999 % 480, Polarity.On)], read);
    }

    [Fact]
    public void A_slice_by_search_is_what_passing_over_gives()
    {
        (string path, DvsEvent[] events) = Write(EventFormat.Evt3, 1_000, 3_000);
        IndexedEvents.MakeIndex(path);
        using var found = new SequenceReader(path, EventFormat.Evt3, IndexedEvents.Open(path)).Slice(100_000, 500_000);
        using var passed = new TimeSlice(EventFiles.Open(path), 100_000, 500_000);

        List<DvsEvent> expected = EventFileBytes.ReadAll(passed);

        Assert.InRange(expected.Count, 10, 990);
        Assert.Equal(expected, EventFileBytes.ReadAll(found));
    }

    [Fact]
    public void An_index_of_another_state_of_the_file_is_refused()
    {
        (string path, _) = Write(EventFormat.Dat, 1_000, 10);
        IndexedEvents.MakeIndex(path);
        File.AppendAllText(path, "12345678");

        Assert.Contains($"was made of another state of {path}. Make it again (stereospike index", Refusal(() => IndexedEvents.Open(path)), StringComparison.Ordinal);
        File.Delete(path + ".index");
        Assert.Contains("has no index", Refusal(() => IndexedEvents.Open(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_out_of_order_is_refused()
    {
        string path = _folder.File("back.dat");
        File.WriteAllBytes(path, [.. "% \n"u8, 0, 8, .. BitConverter.GetBytes(100UL), .. BitConverter.GetBytes(97UL)]);

        Assert.Contains("event 1: lies 3 µs before", Refusal(() => IndexedEvents.MakeIndex(path)), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.index"));
    }

    [Fact]
    public void A_damaged_index_is_refused_or_right()
    {
        (string path, DvsEvent[] events) = Write(EventFormat.Evt2, 70_000, 10);
        IndexedEvents.MakeIndex(path);
        byte[] whole = File.ReadAllBytes(path + ".index");
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Bool).Sample(
            (at, value, mended) =>
            {
                byte[] bytes = [.. whole];
                bytes[at] = value;
                if (mended)   // an attacker knows the checksum
                {
                    BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 8), Checksum(bytes.AsSpan(0, bytes.Length - 8)));
                }

                File.WriteAllBytes(path + ".index", bytes);
                try
                {
                    using IndexedEvents indexed = IndexedEvents.Open(path);
                    indexed.Read(0, new DvsEvent[Math.Min(indexed.Count, events.Length)]);
                    indexed.LowerBound(events[^1].TimestampUs / 2);
                }
                catch (InvalidDataException refusal)
                {
                    Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
                }
            },
            iter: 500,
            threads: 1);
    }

    private static string Refusal(Action action) => Assert.Throws<InvalidDataException>(action).Message;

    private static long Checksum(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (byte b in bytes)
        {
            hash = unchecked((hash ^ b) * 0x100_0000_01B3);
        }

        return unchecked((long)hash);
    }

    private (string Path, DvsEvent[] Events) Write(EventFormat format, int count, int mostApartUs)
    {
        var random = new Random(5);
        long timeUs = 0;
        DvsEvent[] events = [.. Enumerable.Range(0, count).Select(_ => new DvsEvent(timeUs += random.Next(mostApartUs), (ushort)random.Next(640), (ushort)random.Next(480), (Polarity)random.Next(2)))];
        string path = _folder.File($"a.{format}");
        File.WriteAllBytes(path, EventFileBytes.Write(format, Sensor, events));
        return (path, events);
    }

    /// <summary>Stands before the first event at or after a time.</summary>
    private readonly record struct Before(long TimeUs) : IComparable<DvsEvent>
    {
        public int CompareTo(DvsEvent other) => other.TimestampUs < TimeUs ? 1 : -1;
    }
}
