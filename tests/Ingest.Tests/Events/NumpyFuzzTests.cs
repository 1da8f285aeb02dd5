using System.Diagnostics;
using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Events;

/// <summary>Damaged NumPy files: read, or refused by name, in memory that they justify.</summary>
public sealed class NumpyFuzzTests
{
    private const long MostBytesAllocated = 64L << 20;
    private static readonly int Inputs = FuzzInputs.Count(300);
    private static readonly SensorSize Sensor = new(640, 480);

    [Theory]
    [InlineData("records.npy")]
    [InlineData("matrix.npy")]
    [InlineData("columns.npz")]
    public void A_damaged_file_is_read_or_refused(string name)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(name);
        byte[] whole = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "numpy", name));
        var damage = Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, 3], Gen.Bool).Array[1, 8];
        Gen.Select(damage, Gen.Int[0, whole.Length], Gen.Int[0, 9]).Sample(
            (changes, length, cut) =>
            {
                byte[] file = [.. cut == 0 ? whole.AsSpan(0, length) : whole];
                foreach ((int at, byte value, int kind, bool early) in changes)
                {
                    int place = early ? at % 256 : at;   // half of the damage falls on the head
                    if (place < file.Length)
                    {
                        file[place] = kind switch { 0 => value, 1 => (byte)(file[place] ^ (1 << (value & 7))), 2 => 0xFF, _ => 0 };
                    }
                }

                File.WriteAllBytes(path, file);
                Read(path, name.EndsWith('z') ? EventFormat.Npz : EventFormat.Npy);
            },
            iter: Inputs,
            threads: 1);
    }

    private static void Read(string path, EventFormat format)
    {
        long before = GC.GetAllocatedBytesForCurrentThread(), started = Stopwatch.GetTimestamp();
        try
        {
            using IEventReader reader = EventFiles.Open(path, new EventFileOptions { Sensor = Sensor, Format = format, TimeUnit = TimeUnit.Microseconds });
            foreach (DvsEvent e in EventFileBytes.ReadAll(reader))
            {
                Assert.True(Sensor.Contains(e.X, e.Y));
            }
        }
        catch (InvalidDataException refusal)
        {
            Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytesAllocated, "too much memory");
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "too slow");
    }
}
