using System.Globalization;
using System.Text;
using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Text;

public sealed class EventTextReaderTests : IDisposable
{
    private static readonly EventTextOptions Small = new() { Sensor = new SensorSize(10, 8) };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("5 1 2 1\n6 3 4 0\n")]
    [InlineData("5,1,2,1\r\n6,3,4,0\r\n")]
    [InlineData("t x y p\n5\t1\t2\tTrue\n6\t3\t4\tFalse")]
    [InlineData("# a comment\n\n  5  1  2  1  \n% another\n6; 3; 4; -1\n")]
    public void Separators_comments_names_and_spellings_of_polarity_do_not_matter(string text)
    {
        (List<StereoTextEvent> events, EventTextCounts counts) = Read(text, Small);

        Assert.Equal([new DvsEvent(5, 1, 2, Polarity.On), new DvsEvent(6, 3, 4, Polarity.Off)], events.Select(e => e.Event));
        Assert.Equal(2, counts.Read);
        Assert.Empty(counts.Dropped);
    }

    [Fact]
    public void Columns_are_taken_in_the_order_given()
    {
        (List<StereoTextEvent> events, _) = Read("1 99 5 2 7.5 1 1", Small with { Order = "p_txdcy" });

        Assert.Equal([new StereoTextEvent(new DvsEvent(5, 2, 1, Polarity.On), Camera.Right, 7.5f)], events);
    }

    [Fact]
    public void One_based_pixels_and_exchanged_cameras_are_put_right()
    {
        (List<StereoTextEvent> events, _) = Read("5 1 8 1 0\n5 10 1 1 1\n", Small with { Order = "txypc", OneBased = true, SwapCameras = true });

        Assert.Equal([(0, 7, Camera.Right), (9, 0, Camera.Left)], events.Select(e => ((int)e.Event.X, (int)e.Event.Y, e.Camera)));
    }

    [Fact]
    public void Events_off_the_sensor_are_dropped_and_counted_and_a_file_that_counts_from_one_is_suspected()
    {
        (List<StereoTextEvent> events, EventTextCounts counts) = Read("1 10 3 1\n2 9 8 1\n3 4 4 1\n4 70000 1 1\n5 1 -3 1\n", Small);

        Assert.Single(events);
        Assert.Equal((5, 4, 1), (counts.Read, counts.OffSensor, counts.Kept));
        Assert.Equal(4, counts.Dropped["off_sensor"]);
        Assert.False(counts.LooksOneBased);   // −3 is there
        Assert.True(Read("1 10 3 1\n2 9 8 1\n", Small).Counts.LooksOneBased);
        Assert.False(Read("1 10 3 1\n2 0 8 1\n", Small).Counts.LooksOneBased);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("nan")]
    [InlineData("-nan")]
    [InlineData("NaN")]
    public void A_disparity_that_is_none_is_unknown_and_counted(string disparity)
    {
        (List<StereoTextEvent> events, EventTextCounts counts) = Read($"1 1 1 1 0 {disparity}", Small with { Order = "txypcd" });

        Assert.True(float.IsNaN(Assert.Single(events).DisparityPx));
        Assert.Equal(1, counts.UnknownDisparities);
    }

    [Theory]
    [InlineData("1 2 3\n", "line 1: holds 3 fields where the 4 of order txyp are needed. Give the order of its columns, with _ for one to ignore.")]
    [InlineData("1 2 3 1\n1 2 3 1 0\n", "line 2: holds more than 4 fields where the 4 of order txyp are needed")]
    [InlineData("1 2 3 2\n", "line 1: polarity is \"2\" where 1, 0, -1, True or False is needed. Check that the columns are txyp, or give their order.")]
    [InlineData("1 2 x 1\n", "line 1: row y is \"x\" where a whole number is needed")]
    [InlineData("# c\n5 2 3 1\n4 2 3 1\n", "line 3: time is 4 µs, before the camera's previous event at 5 µs. Sort the file by time first.")]
    [InlineData("1 2 3 1\nt x y p\n", "line 2: time is \"t\"")]
    public void A_line_that_is_no_event_is_an_error_that_names_it(string text, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(text, Small));

        Assert.StartsWith(_folder.File("events.txt"), error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cameras_may_overtake_each_other_but_not_themselves()
    {
        EventTextOptions stereo = Small with { Order = "txypc" };

        Assert.Equal(3, Read("5 1 1 1 0\n4 1 1 1 1\n5 1 1 1 0\n", stereo).Counts.Read);
        Assert.Throws<InvalidDataException>(() => Read("5 1 1 1 0\n4 1 1 1 0\n", stereo));
    }

    [Fact]
    public void Announced_header_lines_are_left_out()
    {
        Assert.Equal(1, Read("346 260\nt,x,y,p\n1 2 3 1\n", Small with { HeaderLines = 1 }).Counts.Read);
        Assert.Throws<InvalidDataException>(() => Read("346 260\n1 2 3 1\n", Small));
    }

    [Fact]
    public void An_endless_line_is_refused_in_bounded_memory()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(new string('1', 3_000_000), Small));

        Assert.Contains("line 1: is longer than 1048576 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_pass_ends()
    {
        string path = _folder.File("events.txt");
        File.WriteAllText(path, "1 2 3 1\n");
        Assert.Throws<OperationCanceledException>(() => EventTextReader.Read(path, Small, _ => { }, cancel: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void The_sensor_must_be_told()
    {
        var error = Assert.Throws<ArgumentException>(() => Read("1 2 3 1", new EventTextOptions()));

        Assert.Contains("set Sensor (width and height in pixels)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("txy")]
    [InlineData("txypp")]
    [InlineData("txypz")]
    [InlineData("txypcc")]
    public void An_order_that_is_none_is_refused(string order) =>
        Assert.StartsWith($"The order \"{order}\" must hold", Assert.Throws<ArgumentException>(() => new EventTextOptions { Order = order }).Message, StringComparison.Ordinal);

    [Fact]
    public void Whatever_events_are_printed_the_same_are_read_across_the_buffers_edges()
    {
        // 60,000 lines take more than one buffer of a mebibyte, so lines straddle its edge.
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 7], Gen.Bool, Gen.Long[0, 900_000_000]).Array[60_000].Sample(rows =>
        {
            DvsEvent[] expected = [.. rows.OrderBy(r => r.Item4).Select(r => new DvsEvent(r.Item4, (ushort)r.Item1, (ushort)r.Item2, r.Item3 ? Polarity.On : Polarity.Off))];
            var text = new StringBuilder();
            foreach (DvsEvent e in expected)
            {
                text.Append(CultureInfo.InvariantCulture, $"{e.TimestampUs}   {e.X} {e.Y}    {(int)e.Polarity}\n");
            }

            return Read(text.ToString(), Small).Events.Select(e => e.Event).SequenceEqual(expected);
        }, iter: 3, threads: 1);
    }

    private (List<StereoTextEvent> Events, EventTextCounts Counts) Read(string text, EventTextOptions options)
    {
        string path = _folder.File("events.txt");
        File.WriteAllText(path, text);
        var events = new List<StereoTextEvent>();
        return (events, EventTextReader.Read(path, options, batch => events.AddRange(batch)));
    }
}
