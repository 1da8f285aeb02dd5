namespace StereoSpike.Ingest.Tests.Recordings;

public class SideBySideTests
{
    [Fact]
    public void Both_cameras_come_in_the_order_of_time_the_right_one_behind_the_gap()
    {
        var left = new EventArray(new SensorSize(10, 6), new DvsEvent[] { new(1, 2, 3, Polarity.On), new(5, 9, 5, Polarity.Off) });
        var right = new EventArray(new SensorSize(10, 8), new DvsEvent[] { new(1, 0, 7, Polarity.Off), new(3, 1, 0, Polarity.On) });
        using var both = new SideBySide(new SequenceReader("left", EventFormat.Recording, left), new SequenceReader("right", EventFormat.Recording, right));

        // The right camera's columns begin at 10 + 4.
        Assert.Equal(new SensorSize(24, 8), both.Sensor);
        Assert.Equal(
            [new(1, 2, 3, Polarity.On), new(1, 14, 7, Polarity.Off), new(3, 15, 0, Polarity.On), new(5, 9, 5, Polarity.Off)],
            Events.EventFileBytes.ReadAll(both));
    }
}
