using CsCheck;

namespace StereoSpike.Ingest.Tests;

public class PolarityHistogramEncoderTests
{
    [Fact]
    public void Channels_are_left_ON_left_OFF_right_ON_right_OFF()
    {
        // A sensor of 2×1 pixels. Left: twice ON at x = 0. Right: OFF at x = 1, ON at x = 0.
        var window = new StereoWindow(
            new TimeWindow(0, 10), new SensorSize(2, 1),
            new DvsEvent[] { new(0, 0, 0, Polarity.On), new(9, 0, 0, Polarity.On) },
            new DvsEvent[] { new(3, 1, 0, Polarity.Off), new(3, 0, 0, Polarity.On) });

        Assert.Equal([2f, 0f, 0f, 0f, 1f, 0f, 0f, 1f], window.Encoded(new PolarityHistogramEncoder()));
        Assert.Equal([2f, 0f, 0f, 0f], window.Encoded(new PolarityHistogramEncoder(views: 1)));
    }

    [Fact]
    public void It_counts_what_a_count_of_each_pixel_finds() =>
        AnyWindow.Gen.Sample(window => Assert.Equal(
            window.Tensor(4, (c, y, x) => window.At((Camera)(c / 2), c % 2 == 0 ? Polarity.On : Polarity.Off, y, x).Count()),
            window.Encoded(new PolarityHistogramEncoder())));

    [Fact]
    public void No_event_is_lost_and_none_counted_twice() =>
        AnyWindow.Gen.Sample(window => Assert.Equal(
            window.Left.Length + window.Right.Length,
            window.Encoded(new PolarityHistogramEncoder()).Sum()));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void It_sees_one_camera_or_two(int views) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PolarityHistogramEncoder(views));
}
