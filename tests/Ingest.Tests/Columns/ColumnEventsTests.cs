using PureHDF;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Columns;

/// <summary>Events as HDF5 columns that PyTables (Blosc) and h5py wrote (Fixtures/h5py/make_columns.py).</summary>
public sealed class ColumnEventsTests
{
    private const int EventCount = 5000;

    [Theory]
    [InlineData("zstd")]
    [InlineData("zstd_plain")]
    [InlineData("lz4")]
    [InlineData("lz4_plain")]
    [InlineData("zlib")]
    [InlineData("zlib_plain")]
    public void DSECs_columns_are_read_through_Blosc(string compression)
    {
        using ColumnEvents events = Open(compression);

        Assert.Equal(("events", 5_000_000L, new SensorSize(640, 480)), (events.Group, events.ClockOffsetUs, events.Sensor));
        CheckEvents(events, delayUs: 0);
        Assert.Equal(2501, events.LowerBound(25_001));   // event i at 10 i µs
        Assert.Equal((0L, (long)EventCount), (events.LowerBound(-1), events.LowerBound(50_000)));
    }

    [Theory]
    [InlineData(Camera.Left, 0)]
    [InlineData(Camera.Right, 1)]
    public void A_stereo_file_needs_a_camera_and_says_its_size(Camera camera, int delayUs)
    {
        using ColumnEvents events = Open("m3ed", camera);

        Assert.Equal(new SensorSize(1280, 720), events.Sensor);
        CheckEvents(events, delayUs);
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => Open("m3ed"));
        Assert.Contains("holds events in prophesee/left, prophesee/right. Say which with --camera", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_names_fractions_of_seconds_and_booleans_are_understood()
    {
        using ColumnEvents events = Open("odd");

        Assert.Equal(("raw_events", new SensorSize(640, 480)), (events.Group, events.Sensor));   // the smallest that holds them
        CheckEvents(events, delayUs: 0);
    }

    [Fact]
    public void A_file_without_columns_is_told_what_it_holds()
    {
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => ColumnEvents.Open(Fixture("layouts_early.hdf5")));

        Assert.Contains("holds no columns of events; its datasets are ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pixel_off_the_sensor_is_refused_with_its_row()
    {
        using var events = ColumnEvents.Open(Fixture("columns_zstd.h5"), sensor: new SensorSize(640, 470));

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => events.Read(0, new DvsEvent[100]));

        Assert.Contains("events, row 43: holds x = 301, y = 473", refusal.Message, StringComparison.Ordinal);   // 11·43 = 473
    }

    [Theory]
    [InlineData(7, 0, 640, "x = 640")]
    [InlineData(7, 1, 480, "y = 480")]
    [InlineData(7, 2, 59, "t = 59 µs (before it 60)")]
    [InlineData(7, 3, 2, "p = 2")]
    [InlineData(299, 2, 2979, "t = 2979 µs (before it 2980)")]
    public void What_is_wrong_in_columns_of_DSECs_types_is_refused_with_its_row(int row, int column, int value, string named)
    {
        using var folder = new TemporaryFolder();
        int[][] columns = [.. Enumerable.Range(0, 4).Select(_ => new int[300])];
        for (int i = 0; i < 300; i++)
        {
            (columns[0][i], columns[1][i], columns[2][i], columns[3][i]) = (i, 479 - i, 10 * i, i % 2);
        }

        string sound = Write(folder.File("sound.h5"), columns);
        columns[column][row] = value;
        string damaged = Write(folder.File("damaged.h5"), columns);
        using var events = ColumnEvents.Open(sound, sensor: new SensorSize(640, 480));
        using var refused = ColumnEvents.Open(damaged, sensor: new SensorSize(640, 480));
        var read = new DvsEvent[300];
        events.Read(0, read);

        Assert.Equal(new DvsEvent(2990, 299, 180, Polarity.On), read[299]);
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => refused.Read(0, read));
        Assert.Contains($"events, row {row}: holds ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        refused.Read(0, read.AsSpan(0, row));   // all before it are sound
        Assert.Equal(new DvsEvent(60, 6, 473, Polarity.Off), read[6]);
    }

    private static string Write(string path, int[][] columns)
    {
        new H5File
        {
            ["events"] = new H5Group
            {
                ["x"] = Array.ConvertAll(columns[0], value => (ushort)value),
                ["y"] = Array.ConvertAll(columns[1], value => (ushort)value),
                ["t"] = Array.ConvertAll(columns[2], value => (uint)value),
                ["p"] = Array.ConvertAll(columns[3], value => (byte)value),
            },
        }.Write(path);
        return path;
    }

    private static void CheckEvents(ColumnEvents events, int delayUs)
    {
        var read = new DvsEvent[EventCount];
        events.Read(0, read);

        Assert.Equal(EventCount, events.Count);
        Assert.Equal(
            Enumerable.Range(0, EventCount).Select(i => new DvsEvent((10L * i) + delayUs, (ushort)(7 * i % 640), (ushort)(11 * i % 480), i % 3 == 0 ? Polarity.On : Polarity.Off)), read);
    }

    private static ColumnEvents Open(string name, Camera? camera = null) => ColumnEvents.Open(Fixture($"columns_{name}.h5"), camera);

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "h5py", name);
}
