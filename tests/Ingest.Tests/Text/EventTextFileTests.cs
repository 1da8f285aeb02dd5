using StereoSpike.Files;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Text;

public sealed class EventTextFileTests : IDisposable
{
    private static readonly EventTextOptions Small = new() { Sensor = new SensorSize(10, 8), FocalPx = 100, BaselineMetres = 0.2 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Time_starts_at_the_first_event_of_either_camera_and_the_origin_is_kept()
    {
        string path = Write("1007 1 1 1 0\n1005 2 2 1 1\n1009 3 3 0 0\n");

        StereoEventList recording = EventTextFile.Open(path, Small with { Order = "txypc" });

        Assert.Equal(1005, recording.OriginUs);
        Assert.Equal([2L, 4L], recording.EventSpan(Camera.Left).ToArray().Select(e => e.TimestampUs));
        Assert.Equal([0L], recording.EventSpan(Camera.Right).ToArray().Select(e => e.TimestampUs));
        Assert.Equal(new TimeWindow(0, 5), recording.Span);
        Assert.False(recording.TruthIsPerEvent);
        Assert.Throws<InvalidOperationException>(() => recording.ReadDepth(0));
    }

    [Fact]
    public void Truth_is_the_newest_disparity_of_each_pixel_in_the_window_before_the_label()
    {
        // f·b = 100 · 0.2 = 20 px·m. Labels at 100 and 200 µs look back 100 µs.
        // [0, 100): pixel (1, 1) has 4 px, then 5 px → 20 / 5 = 4 m; (2, 2) has no disparity.
        // [100, 200): (1, 1) has 8 px → 2.5 m: the event at 100 belongs here, the one at 200 to no label.
        string path = Write("0 1 1 1 0 4\n99 1 1 1 0 5\n99 2 2 1 0 0\n100 1 1 0 0 8\n199 3 3 1 1 10\n200 1 1 1 0 2\n");

        StereoEventList recording = EventTextFile.Open(path, Small with { Order = "txypcd", LabelIntervalUs = 100, TruthWindowUs = 100 });

        Assert.Equal([100L, 200L], recording.LabelTimesUs);
        Assert.Equal(100, recording.TruthWindowUs);
        Assert.Equal([(11, 4f)], Known(recording.ReadDepth(0)));
        Assert.Equal([(11, 2.5f)], Known(recording.ReadDepth(1)));
        Assert.Equal([(33, 2f)], Known(recording.ReadDepth(1, Camera.Right)));
        Assert.Throws<ArgumentOutOfRangeException>(() => recording.ReadDepth(2));
    }

    [Fact]
    public void Two_files_make_a_pair_and_one_a_single_camera()
    {
        string left = Write("10 1 1 1\n30 2 2 0\n", "left.txt"), right = Write("20 3 3 1\n", "right.txt");

        StereoEventList pair = EventTextFile.OpenPair(left, right, Small);
        CameraEventList single = EventTextFile.OpenCamera(right, Small);

        Assert.Equal((10, 2, 1), (pair.OriginUs, pair.Events(Camera.Left).Count, pair.Events(Camera.Right).Count));
        Assert.Equal(10, pair.EventSpan(Camera.Right)[0].TimestampUs);
        Assert.Equal((20, 1), (single.OriginUs, single.Events.Count));
    }

    [Fact]
    public void An_npz_file_gives_what_the_text_gives()
    {
        string path = _folder.File("pair.npz");
        NpzFile.Write(path, new Dictionary<string, NpyArray>
        {
            ["left"] = NpyArray.From([1.000005, 1, 2, 1, 1.000007, 3, 4, 0], 2, 4),
            ["right"] = NpyArray.From([1.000006, 12, 2, -1, 1.000009, 0, 0, 1], 2, 4),
        });

        StereoEventList recording = EventTextFile.Open(path, Small with { TimeUnit = TimeUnit.Seconds });

        Assert.Equal(1_000_005, recording.OriginUs);
        Assert.Equal([new DvsEvent(0, 1, 2, Polarity.On), new DvsEvent(2, 3, 4, Polarity.Off)], recording.EventSpan(Camera.Left).ToArray());
        Assert.Equal([new DvsEvent(4, 0, 0, Polarity.On)], recording.EventSpan(Camera.Right).ToArray());
        Assert.Equal((4, 1), (recording.Counts.Read, recording.Counts.OffSensor));
    }

    [Theory]
    [InlineData(new long[] { 5, 1, 1, 1, 4, 1, 1, 1 }, "left, row 1: time is 4 µs, before the previous event at 5 µs")]
    [InlineData(new long[] { 5, 1, 1, 7, 6, 1, 1, 1 }, "left, row 0: polarity is 7 where 1, 0 or -1 is needed")]
    [InlineData(new long[] { 5, 1L << 40, 1, 1, 6, 1, 1, 1 }, "left, row 0: column x is 1099511627776 where a whole number is needed")]
    [InlineData(new long[] { 5, 1, 1, 1, long.MaxValue, 1, 1, 1 }, "left, row 1: time is 9.223372036854776E+18")]
    public void A_row_that_is_no_event_is_an_error_that_names_it(long[] left, string message)
    {
        string path = _folder.File("pair.npz");
        NpzFile.Write(path, new Dictionary<string, NpyArray> { ["left"] = NpyArray.From(left, 2, 4), ["right"] = NpyArray.From(Array.Empty<long>(), 0, 4) });

        var error = Assert.Throws<InvalidDataException>(() => EventTextFile.Open(path, Small));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 2 3 1\n", EventTextKind.Text)]
    [InlineData("t,x,y,p\n0.5,2,3,True\n", EventTextKind.Text)]
    [InlineData("1 2 3 -1 0\n# note\n2 2 3 1 1\n", EventTextKind.StereoText)]
    [InlineData("1 2 3 1 0 7.25\n1 2 3 1 1 nan\n", EventTextKind.EmpStereo)]
    [InlineData("1 2 3\n", null)]
    [InlineData("1 2 3 1 5\n", null)]
    [InlineData("1 2 3 1\n1 2 3 1 0\n", null)]
    [InlineData("% binary follows\n\u0000\u0001\u0002\u0003", null)]
    [InlineData("", null)]
    public void The_kind_is_told_from_the_columns(string text, EventTextKind? kind) =>
        Assert.Equal(kind, EventTextFile.DetectKind(Write(text)));

    [Fact]
    public void A_wrong_time_unit_is_suspected_when_a_recording_would_last_for_years()
    {
        string path = Write("0 1 1 1 0 4\n900000000 1 1 1 0 4\n");   // 28 years in seconds

        var error = Assert.Throws<InvalidDataException>(() => EventTextFile.Open(path, Small with { Order = "txypcd", TimeUnit = TimeUnit.Seconds }));

        Assert.Contains("spans 900000000 s", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Check the unit of its time.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_file_does_not_tell_is_asked_for()
    {
        string path = Write("1 2 3 1 0\n2 2 3 1 1\n");

        Assert.Contains("give the focal length in pixels and the baseline in metres", Assert.Throws<ArgumentException>(() => EventTextFile.Open(path)).Message, StringComparison.Ordinal);
        Assert.Contains("has no camera column", Assert.Throws<ArgumentException>(() => EventTextFile.Open(path, Small)).Message, StringComparison.Ordinal);
        Assert.Contains("holds 2 events, none of them on the 1×1 sensor", Assert.Throws<InvalidDataException>(
            () => EventTextFile.Open(path, Small with { Order = "txypc", Sensor = new SensorSize(1, 1) })).Message, StringComparison.Ordinal);
        Assert.Contains("neither a text", Assert.Throws<InvalidDataException>(() => EventTextFile.Open(Write("hello\n"))).Message, StringComparison.Ordinal);
    }

    private string Write(string text, string name = "events.txt")
    {
        string path = _folder.File(name);
        File.WriteAllText(path, text);
        return path;
    }

    private static (int Pixel, float Metres)[] Known(DepthMap map) =>
        [.. map.Metres.Select((metres, pixel) => (pixel, metres)).Where(known => !float.IsNaN(known.metres))];
}
