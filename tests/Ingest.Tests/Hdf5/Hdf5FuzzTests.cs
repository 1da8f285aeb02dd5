using System.Diagnostics;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Hdf5;

/// <summary>Damaged HDF5 files: read, or refused by name, but never a crash, a hang, or values made up on the way.</summary>
public sealed class Hdf5FuzzTests
{
    private static readonly int Inputs = FuzzInputs.Count(300);
    private static readonly SensorSize Sensor = new(640, 480);

    [Theory]
    [InlineData("columns_zstd.h5")]
    [InlineData("columns_lz4.h5")]
    [InlineData("columns_zlib.h5")]
    [InlineData("columns_m3ed.h5")]
    public void Damaged_columns_are_read_or_refused(string name) => Damage(name, path =>
    {
        using ColumnEvents events = ColumnEvents.Open(path, Camera.Left, Sensor);
        ReadAll(events);
    });

    [Theory]
    [InlineData("contiguous_data.hdf5")]
    [InlineData("chunked_data.hdf5")]
    public void A_damaged_recording_is_read_or_refused(string name) => Damage(name, path =>
    {
        using MvsecRecording recording = MvsecRecording.OpenUncalibrated(path);
        ReadAll(recording.Events(Camera.Left));
        ReadAll(recording.Events(Camera.Right));
    });

    [Fact]
    public void A_file_whose_objects_lead_in_circles_is_refused_by_name()
    {
        // Found by fuzzing: the byte holds the flags of a message in a dataset's header, and says that its content is shared, namely that very header's. Followed on and on it overflows the stack, which ends the process.
        using var folder = new TemporaryFolder();
        string path = folder.File("circle.h5");
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "h5py", "columns_zlib.h5"));
        file[5020] = 0xCF;
        File.WriteAllBytes(path, file);

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => ColumnEvents.Open(path, Camera.Left, Sensor));

        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(": leads in circles: ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(refusal.Message.IndexOf(path, StringComparison.Ordinal), refusal.Message.LastIndexOf(path, StringComparison.Ordinal));   // one error, not one within another
    }

    private static void ReadAll(IEventSequence events)
    {
        var batch = new DvsEvent[512];
        long previousUs = long.MinValue;
        for (long first = 0; first < Math.Min(events.Count, 20_000); first += batch.Length)
        {
            Span<DvsEvent> read = batch.AsSpan(0, (int)Math.Min(batch.Length, events.Count - first));
            events.Read(first, read);
            foreach (DvsEvent e in read)
            {
                Assert.True(events.Sensor.Contains(e.X, e.Y) && e.TimestampUs >= previousUs);
                previousUs = e.TimestampUs;
            }
        }
    }

    private static void Damage(string name, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(name);
        byte[] whole = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "h5py", name));
        for (int input = 0; input < Inputs; input++)
        {
            File.WriteAllBytes(path, Damaged(whole, new Random(input)));
            long started = Stopwatch.GetTimestamp();
            try
            {
                read(path);
            }
            catch (InvalidDataException refusal)
            {
                Assert.True(refusal.Message.StartsWith(path, StringComparison.Ordinal), $"input {input}: the refusal does not begin with the file's name: {refusal.Message}");
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"input {input} is too slow");
        }
    }

    /// <summary>A file damaged at one to eight places; every tenth is cut short too. The same random numbers make the same damage, so an input's number is enough to find it again.</summary>
    private static byte[] Damaged(byte[] whole, Random draws)
    {
        byte[] file = draws.Next(10) == 0 ? whole[..draws.Next(whole.Length + 1)] : [.. whole];
        for (int places = draws.Next(1, 9); places > 0; places--)
        {
            int at = draws.Next(whole.Length), place = draws.Next(2) == 0 ? at % 2048 : at;   // half of the damage falls on the structure at the file's head
            byte value = (byte)draws.Next(256);
            int kind = draws.Next(4);
            if (place < file.Length)
            {
                file[place] = kind switch { 0 => value, 1 => (byte)(file[place] ^ (1 << (value & 7))), 2 => 0xFF, _ => 0 };
            }
        }

        return file;
    }
}
