using StereoSpike.Files;
using StereoSpike.Readout;
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
    public void Pages_of_a_recording_without_truth_take_their_colours_from_the_first_frame_that_shows_anything()
    {
        using var folder = new TemporaryFolder();
        SensorSize sensor = TestRecording.Sensor;
        DepthFrame reused = new(4, sensor);   // the pipeline fills one frame again and again

        IEnumerable<DepthFrame> Frames()
        {
            // 1 m everywhere and no event; then 5 m, but 2 m at the events of the upper half.
            foreach ((int index, int events) in ((int, int)[])[(0, 0), (1, sensor.Pixels / 2), (2, 0)])
            {
                (reused.Index, reused.LeftCount, reused.Depth) = (index, events, new DepthMap(sensor, [.. Enumerable.Range(0, sensor.Pixels).Select(i => index == 0 ? 1f : i < events ? 2f : 5f)]));
                reused.LeftEvents.Channel(0).Clear();
                reused.LeftEvents.Channel(0)[..events].Fill(1f);
                yield return reused;
            }
        }

        new DepthFolder { Path = folder.Path, PictureEvery = 1 }.Write(Frames(), total: 3);

        // One depth, 2 m, at the events makes the scale 2 m to 2.5 m or so: 5 m and more have its end's colour in every page, 1 m its start's.
        var expected = new FramePage(ColourScale.DepthOf(new DepthMap(sensor, [.. Enumerable.Repeat(2f, sensor.Pixels)])));
        reused.Index = 0;
        reused.Depth = new DepthMap(sensor, [.. Enumerable.Repeat(1f, sensor.Pixels)]);
        reused.LeftEvents.Channel(0).Clear();
        expected.Draw(reused).Save(folder.File("expected.png"));
        Assert.Equal(File.ReadAllBytes(folder.File("expected.png")), File.ReadAllBytes(Path.Combine(folder.File("pictures"), "000000.png")));
        Assert.Equal(["000000.png", "000001.png", "000002.png"], Names(folder.File("pictures")));
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
