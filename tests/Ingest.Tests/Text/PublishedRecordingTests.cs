using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Text;

/// <summary>Real and synthetic recordings of others, against figures found without this library.</summary>
public class PublishedRecordingTests
{
    // Neither focal length nor baseline is published with these; disparities need none.
    private static readonly EventTextOptions Dvs128 = EventTextOptions.StereoText with { FocalPx = 100, BaselineMetres = 0.1 };

    [Fact]
    public void The_nst_logo_lies_at_disparities_of_twelve_eight_and_three_pixels()
    {
        StereoEventList recording = EventTextFile.Open(
            Path.Combine(AppContext.BaseDirectory, "Fixtures", "gdikov", "NSTlogo_disp12-8-3.dat"), Dvs128 with { SwapCameras = true });

        // A synthetic point reaches both cameras at one time and row, and no time and row has two points. Counted with NumPy on the file:
        // of 870 such pairs 510 lie at 12 px, 120 at 8 and 120 at 3; the file's edges add 100 at 13 and 20 at 9.
        var right = ByTimeAndRow(recording, Camera.Right);
        Dictionary<int, int> votes = ByTimeAndRow(recording, Camera.Left)
            .Where(left => right.ContainsKey(left.Key))
            .CountBy(left => left.Value - right[left.Key])
            .ToDictionary();

        Assert.Equal(2600, recording.Counts.Read);
        Assert.Equal(new Dictionary<int, int> { [12] = 510, [8] = 120, [3] = 120, [13] = 100, [9] = 20 }, votes);
    }

    [DataFact("gdikov-stereo/movingPersons.dat")]
    public void Moving_persons_counts_pixels_from_one()
    {
        string path = TestData.Path("gdikov-stereo/movingPersons.dat");

        Assert.Equal(EventTextKind.StereoText, EventTextFile.DetectKind(path));
        Assert.True(EventTextFile.Open(path, Dvs128).Counts.LooksOneBased);
        StereoEventList recording = EventTextFile.Open(path, Dvs128 with { OneBased = true });
        Assert.Equal((61947, 0), (recording.Counts.Read, recording.Counts.OffSensor));
        Assert.Equal((32419, 29528), (recording.Events(Camera.Left).Count, recording.Events(Camera.Right).Count));
    }

    [DataFact("gdikov-stereo/pendulum_left_30cm_2.tsv.npz")]
    public void The_pendulum_opens_and_its_rows_below_the_sensor_are_counted()
    {
        string path = TestData.Path("gdikov-stereo/pendulum_left_30cm_2.tsv.npz");

        StereoEventList recording = EventTextFile.Open(path, EventTextOptions.StereoNpz with { FocalPx = 100, BaselineMetres = 0.1 });

        Assert.Equal(EventTextKind.StereoNpz, EventTextFile.DetectKind(path));
        // NumPy counts 1,233 right events on rows 128 to 131 of a sensor of 128.
        Assert.Equal((141252, 261307 - 1233), (recording.Events(Camera.Left).Count, recording.Events(Camera.Right).Count));
        Assert.Equal(1233, recording.Counts.Dropped["off_sensor"]);
        Assert.Equal(13.69, recording.Span.DurationUs / 1e6, 0.01);
    }

    [DataFact("emp-stereo/box1.txt")]
    public void The_box_has_the_rates_and_depths_that_were_measured_on_it()
    {
        StereoEventList recording = EventTextFile.Open(TestData.Path("emp-stereo/box1.txt"));
        double seconds = recording.Span.DurationUs / 1e6;

        Assert.Equal(30, recording.Rig.FocalBaselinePxMetres, 1e-12);
        Assert.Equal(8.2, recording.Events(Camera.Left).Count / seconds / 1e3, 0.05);
        Assert.Equal(11.6, recording.Events(Camera.Right).Count / seconds / 1e3, 0.05);
        Assert.Equal(0.34, OnShare(recording.EventSpan(Camera.Left)), 0.005);
        // One box at 7.26 to 15.73 px: 30 / 15.73 = 1.91 m to 30 / 7.26 = 4.13 m.
        Assert.Equal(98, recording.LabelTimesUs.Count);
        Assert.Equal(50_000, recording.TruthWindowUs);
        float[] depths = [.. Enumerable.Range(0, 98).SelectMany(label => recording.ReadDepth(label).Metres).Where(float.IsFinite)];
        Assert.InRange(depths.Min(), 1.90f, 1.92f);
        Assert.InRange(depths.Max(), 3f, 4.14f);
    }

    [DataFact("emp-stereo/box2.txt")]
    public void The_two_boxes_hold_thirteen_events_without_a_disparity()
    {
        StereoEventList recording = EventTextFile.Open(TestData.Path("emp-stereo/box2.txt"));

        Assert.Equal((63544, 0, 13), (recording.Counts.Read, recording.Counts.OffSensor, recording.Counts.UnknownDisparities));
        Assert.True(recording.HasDepth(Camera.Right));
    }

    private static Dictionary<(long TimeUs, int Row), int> ByTimeAndRow(StereoEventList recording, Camera camera) =>
        recording.EventSpan(camera).ToArray().ToDictionary(e => (e.TimestampUs, (int)e.Y), e => (int)e.X);

    private static double OnShare(ReadOnlySpan<DvsEvent> events)
    {
        int on = 0;
        foreach (ref readonly DvsEvent e in events)
        {
            on += e.Polarity == Polarity.On ? 1 : 0;
        }

        return (double)on / events.Length;
    }
}
