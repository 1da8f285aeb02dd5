using System.Globalization;
using PureHDF;
using StereoSpike.Files;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Dsec;

/// <summary>A folder laid out as DSEC's sequences are, its events compressed by the original Blosc.</summary>
public sealed class DsecRecordingTests : IDisposable
{
    private static readonly SensorSize Sensor = new(640, 480);
    private readonly TemporaryFolder _folder = new();

    public DsecRecordingTests()
    {
        foreach (string side in (string[])["left", "right"])
        {
            Directory.CreateDirectory(_folder.File($"events/{side}"));
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures", "h5py", "columns_zstd.h5"), _folder.File($"events/{side}/events.h5"));
            WriteMap(_folder.File($"events/{side}/rectify_map.h5"), shift: side == "left" ? 1.25f : -0.75f);
        }

        // f = 500 px, centre (320.5, 240.25), baseline 1/2 m: f·b = 250 px·m.
        Directory.CreateDirectory(_folder.File("calibration"));
        File.WriteAllText(_folder.File("calibration/cam_to_cam.yaml"), "disparity_to_depth:\n  cams_03:\n  - [1.0, 0.0, 0.0, -320.5]\n  - [0.0, 1.0, 0.0, -240.25]\n  - [0.0, 0.0, 0.0, 500.0]\n  - [0.0, 0.0, 2.0, 0.0]\n");
        Directory.CreateDirectory(_folder.File("disparity/event"));
        for (int label = 0; label < 2; label++)
        {
            var disparity = new ushort[Sensor.Pixels];
            disparity[7] = (ushort)(256 * (10 + label));
            Png16.Write(_folder.File(string.Create(CultureInfo.InvariantCulture, $"disparity/event/{2 * label:D6}.png")), Sensor, disparity);
        }

        File.WriteAllText(_folder.File("disparity/timestamps.txt"), "5010000\n5030000\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_rig_comes_from_the_disparity_matrix_and_the_maps()
    {
        using DsecRecording recording = DsecRecording.Open(_folder.Path);

        Assert.Equal((500.0, 0.5, 320.5, 240.25), (recording.Rig.FocalPx, recording.Rig.BaselineMetres, recording.Rig.CentreXPx, recording.Rig.CentreYPx));
        Assert.True(recording.Rig.LeftMap!.TryMap(10, 20, out ushort x, out ushort y));
        Assert.Equal((11, 20), (x, y));   // 10 + 1.25, rounded
        Assert.False(recording.Rig.RightMap!.TryMap(0, 20, out _, out _));   // −0.75 rounds to −1
    }

    [Fact]
    public void Labels_count_from_the_clocks_offset_and_hold_depth_where_disparity_is_known()
    {
        using DsecRecording recording = DsecRecording.Open(_folder.Path);

        Assert.Equal((5_000_000L, new TimeWindow(0, 49_991)), (recording.OriginUs, recording.Span));
        Assert.Equal([10_000L, 30_000], recording.LabelTimesUs);
        Assert.Equal((true, false), (recording.HasDepth(Camera.Left), recording.HasDepth(Camera.Right)));
        DepthMap depth = recording.ReadDepth(1);
        Assert.Equal((1, 250f / 11), (depth.KnownPixels, depth.Metres[7]));   // disparity 11
    }

    [Fact]
    public void Windows_hold_both_cameras_events()
    {
        using DsecRecording recording = DsecRecording.Open(_folder.Path);
        StereoWindow window = new StereoWindowReader(recording).Read(new TimeWindow(10_000, 20_000));   // events 1000 to 1999

        Assert.All(window.Right.ToArray(), e => Assert.Equal((uint)(7 * (e.TimestampUs / 10) % 640) - 1, e.X));   // −0.75 rounds to −1
        Assert.InRange(window.Left.Length, 990, 1000);   // a column of 640 leaves the image
        Assert.InRange(window.Right.Length, 990, 1000);
    }

    [Fact]
    public void A_label_too_few_is_refused()
    {
        File.WriteAllText(_folder.File("disparity/timestamps.txt"), "5010000\n");

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => DsecRecording.Open(_folder.Path));

        Assert.Contains("has 1 times for 2 disparity maps", refusal.Message, StringComparison.Ordinal);
    }

    private static void WriteMap(string path, float shift)
    {
        var map = new float[Sensor.Height, Sensor.Width, 2];
        for (int y = 0; y < Sensor.Height; y++)
        {
            for (int x = 0; x < Sensor.Width; x++)
            {
                (map[y, x, 0], map[y, x, 1]) = (x + shift, y);
            }
        }

        new H5File { ["rectify_map"] = map }.Write(path);
    }
}
