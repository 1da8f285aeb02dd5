using StereoSpike.Files;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Events;

/// <summary>Events that NumPy wrote (Fixtures/numpy/make.py).</summary>
public sealed class NumpyEventsTests
{
    private static readonly DvsEvent[] Expected =
        [.. Enumerable.Range(0, 300).Select(i => new DvsEvent(10 * i, (ushort)(7 * i % 640), (ushort)(11 * i % 480), i % 3 == 0 ? Polarity.On : Polarity.Off))];

    [Theory]
    [InlineData("records.npy", EventFormat.Npy)]
    [InlineData("columns.npz", EventFormat.Npz)]
    public void Records_and_columns_are_told_by_their_names(string name, EventFormat format) => Check(name, format, new EventFileOptions());

    [Fact]
    public void Other_names_are_given_as_keys()
    {
        Check("odd_names.npz", EventFormat.Npz, new EventFileOptions { Format = EventFormat.Npz, Keys = "x=column,y=line,t=stamp,p=sign" });
        Assert.Null(EventFiles.Detect(Fixture("odd_names.npz")));
        Assert.Throws<ArgumentException>(() => EventFiles.Open(Fixture("odd_names.npz"), new EventFileOptions { Format = EventFormat.Npz, Keys = "x=column,y=line" }));
    }

    [Fact]
    public void A_matrix_needs_its_order_and_one_of_fractions_its_unit()
    {
        Check("matrix_whole.npy", EventFormat.Npy, new EventFileOptions { Order = "xytp" });
        Check("matrix.npy", EventFormat.Npy, new EventFileOptions { TimeUnit = TimeUnit.Microseconds });
        Assert.Contains("does not tell their unit. Say it: --time-unit", Refusal("matrix.npy", new EventFileOptions()), StringComparison.Ordinal);
        Assert.Contains("has rows of 4 columns where 5 (txypc) are needed", Refusal("matrix.npy", new EventFileOptions { TimeUnit = TimeUnit.Microseconds, Order = "txypc" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_are_refused() => Assert.Contains("elements of type '|O'", Refusal("pickled.npy", new EventFileOptions()), StringComparison.Ordinal);

    [Fact]
    public void A_pixel_off_the_sensor_is_dropped_and_counted()
    {
        using IEventReader reader = EventFiles.Open(Fixture("records.npy"), new EventFileOptions { Sensor = new SensorSize(640, 240) });

        Assert.Equal(Expected.Where(e => e.Y < 240), EventFileBytes.ReadAll(reader));
        Assert.Equal(Expected.Count(e => e.Y >= 240), reader.Dropped["off_sensor"]);
    }

    [Fact]
    public void A_file_cut_short_is_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = File.ReadAllBytes(Fixture("records.npy"));
        File.WriteAllBytes(folder.File("cut.npy"), whole[..^5]);

        Assert.Contains("asks for 3900 bytes of elements where 3895 follow", Assert.Throws<InvalidDataException>(() => EventFiles.Open(folder.File("cut.npy"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_written_are_read_back_from_npz_and_HDF5()
    {
        using var folder = new TemporaryFolder();
        DvsEvent[] late = [.. Expected.Select(e => e with { TimestampUs = e.TimestampUs + 1_589_163_147_368_868 })];
        Write(folder.File("a.npz"), EventFormat.Npz, late);
        Write(folder.File("a.h5"), EventFormat.Hdf5Columns, late);

        using IEventReader npz = EventFiles.Open(folder.File("a.npz"), new EventFileOptions { Sensor = new SensorSize(640, 480) });
        using ColumnEvents hdf5 = ColumnEvents.Open(folder.File("a.h5"));
        var read = new DvsEvent[hdf5.Count];
        hdf5.Read(0, read);

        Assert.Equal(late, EventFileBytes.ReadAll(npz));
        Assert.Equal(late, read.Select(e => e with { TimestampUs = e.TimestampUs + hdf5.ClockOffsetUs }));
        Assert.Equal(new SensorSize(700, 500), hdf5.Sensor);   // as it was given, not DSEC's
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        Assert.Equal(["p", "t", "x", "y"], NpzFile.Read(folder.File("a.npz")).Keys.Order());
    }

    [Fact]
    public void No_event_and_one_are_written_too()
    {
        using var folder = new TemporaryFolder();
        foreach (int count in (int[])[0, 1])
        {
            Write(folder.File("few.npz"), EventFormat.Npz, Expected[..count]);
            Write(folder.File("few.h5"), EventFormat.Hdf5Columns, Expected[..count]);
            using IEventReader npz = EventFiles.Open(folder.File("few.npz"));
            using ColumnEvents hdf5 = ColumnEvents.Open(folder.File("few.h5"));

            Assert.Equal((count, (long)count), (EventFileBytes.ReadAll(npz).Count, hdf5.Count));
        }
    }

    [Fact]
    public void What_HDF5s_32_bits_cannot_hold_is_refused_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        ArgumentException error = Assert.Throws<ArgumentException>(() => Write(folder.File("a.h5"), EventFormat.Hdf5Columns, [new(0, 1, 1, Polarity.On), new(1L << 32, 1, 1, Polarity.On)]));

        Assert.Contains("at most 4294967295 µs after the first (0 µs)", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static void Write(string path, EventFormat format, DvsEvent[] events)
    {
        using ColumnWriter writer = EventFiles.CreateFile(path, format, new SensorSize(700, 500));
        writer.Write(events);
        writer.Complete();
    }

    private static void Check(string name, EventFormat format, EventFileOptions options)
    {
        using IEventReader reader = EventFiles.Open(Fixture(name), options);

        Assert.Equal((format, new SensorSize(640, 480)), (reader.Format, new SensorSize(Math.Max(reader.Sensor.Width, 640), Math.Max(reader.Sensor.Height, 480))));
        Assert.Equal(Expected, EventFileBytes.ReadAll(reader));
    }

    private static string Refusal(string name, EventFileOptions options) => Assert.Throws<InvalidDataException>(() => EventFiles.Open(Fixture(name), options)).Message;

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "numpy", name);
}
