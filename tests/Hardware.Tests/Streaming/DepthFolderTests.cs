using StereoSpike.Files;
using StereoSpike.Tests;

namespace StereoSpike.Hardware.Tests;

public class DepthFolderTests
{
    [Theory]
    [InlineData(float.NaN, 0)]          // unknown
    [InlineData(0.0001f, 1)]            // near, but known
    [InlineData(1.2344f, 1234)]
    [InlineData(65.535f, 65535)]
    [InlineData(100f, 65535)]           // farther than 16 bits of millimetres reach
    public void Depth_stands_in_millimetres(float metres, int millimetres) => Assert.Equal(millimetres, DepthPng.Millimetres(metres));

    [Fact]
    public void A_run_leaves_a_depth_image_and_a_row_a_frame_and_pictures_of_every_nth()
    {
        using var folder = new TemporaryFolder();
        using var recording = new TestRecording(windows: 5);

        new DepthFolder { Path = folder.Path, PictureEvery = 2 }.Write(Frames(recording), total: 5);

        Assert.Equal(["000000.png", "000001.png", "000002.png", "000003.png", "000004.png"], Names(folder.File("depth")));
        Assert.Equal(["000000.png", "000002.png", "000004.png"], Names(folder.File("pictures")));
        Assert.Equal(["animation.png", "frames.csv"], Names(folder.Path));
        string[] rows = File.ReadAllLines(folder.File("frames.csv"));
        Assert.Equal(6, rows.Length);
        Assert.Equal("index,time_us,events_left,events_right,frame_ms", rows[0]);
        Assert.StartsWith("1,100000,2000,2000,", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_depth_image_reads_back_as_the_networks_answer()
    {
        using var folder = new TemporaryFolder();
        using var recording = new TestRecording(windows: 1);

        // The stub's potential is 0 and the readout's offset 2: 2 m everywhere.
        new DepthFolder { Path = folder.Path, PictureEvery = 0 }.Write(Frames(recording), total: 1);

        (SensorSize size, ushort[] values) = Png16.Read(Path.Combine(folder.File("depth"), "000000.png"));
        Assert.Equal(TestRecording.Sensor, size);
        Assert.All(values, value => Assert.Equal(2000, value));
        Assert.Equal(["frames.csv"], Names(folder.Path));
    }

    [Fact]
    public void An_interrupted_run_leaves_whole_images_and_no_table_or_animation()
    {
        using var folder = new TemporaryFolder();
        using var recording = new TestRecording(windows: 40);
        using var cancellation = new CancellationTokenSource();
        var engine = new StubEngine(TestNetworks.Settings)
        {
            OnRun = run =>
            {
                if (run == 3)
                {
                    cancellation.Cancel();
                }
            },
        };

        Assert.Throws<OperationCanceledException>(() =>
            new DepthFolder { Path = folder.Path, PictureEvery = 2 }.Write(Frames(recording, engine, cancellation.Token), total: 40));

        Assert.Equal(["000000.png", "000001.png", "000002.png", "000003.png"], Names(folder.File("depth")));
        Assert.All(Directory.GetFiles(folder.File("depth")), path => Assert.Equal(TestRecording.Sensor, Png16.Read(path).Size));
        Assert.Empty(Names(folder.Path));
    }

    private static IEnumerable<DepthFrame> Frames(TestRecording recording, StubEngine? engine = null, CancellationToken cancellation = default) =>
        new DepthPipeline(recording, engine ?? new StubEngine(TestNetworks.Settings)).Run(FrameRequest.ForAll(recording, TestRecording.WindowUs), cancellation);

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
}
