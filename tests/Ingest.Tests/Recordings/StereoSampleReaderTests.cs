namespace StereoSpike.Ingest.Tests;

public class StereoSampleReaderTests
{
    private static readonly SensorSize Sensor = new(3, 1);

    [Fact]
    public void A_sample_takes_the_window_before_its_own_label_and_the_depth_at_it()
    {
        // Labels at 130 and 175 µs: not on a grid of 50. Windows of 50 µs: [80, 130) and [125, 175).
        StereoSampleReader reader = Reader(
            left: [At(79, 0), At(80, 1), At(129, 1), At(130, 2)],
            right: [At(100, 0), At(174, 2), At(175, 1)]);

        StereoSample first = reader.Read(0), second = reader.Read(1);

        // Left ON, left OFF, right ON, right OFF; all events are ON.
        Assert.Equal([0f, 2f, 0f, 0f, 0f, 0f, 1f, 0f, 0f, 0f, 0f, 0f], first.Frame.Values);
        Assert.Equal([0f, 1f, 1f, 0f, 0f, 0f, 0f, 0f, 1f, 0f, 0f, 0f], second.Frame.Values);
        Assert.Equal([0f, 2f, 0f], first.LeftEventCounts);
        Assert.Equal((130L, 1f), (first.TimeUs, first.Truth.Metres[0]));
        Assert.Equal((175L, 2f), (second.TimeUs, second.Truth.Metres[0]));
    }

    [Fact]
    public void A_sample_may_be_kept_while_others_are_read()
    {
        StereoSampleReader reader = Reader(left: [At(100, 0), At(170, 2)], right: []);

        StereoSample[] all = [.. reader.ReadAll()];

        Assert.Equal(reader.Count, all.Length);
        Assert.Equal([1f, 0f, 0f], all[0].LeftEventCounts);
        Assert.Equal([0f, 0f, 1f], all[1].LeftEventCounts);
    }

    [Fact]
    public void A_label_before_the_first_whole_window_takes_what_there_is()
    {
        var recording = new MemoryRecording(Sensor, [At(3, 1)], []) { LabelTimesUs = [10] };

        Assert.Equal([0f, 1f, 0f], new StereoSampleReader(recording, new PolarityHistogramEncoder(), 50).Read(0).LeftEventCounts);
    }

    [Fact]
    public void What_was_read_is_counted_with_overlaps()
    {
        StereoSampleReader reader = Reader(left: [At(127, 0)], right: []);

        _ = reader.ReadAll().ToArray();   // 127 µs lies in [80, 130) and in [125, 175)

        Assert.Equal(2, reader.Tally(Camera.Left).Read);
    }

    [Fact]
    public void A_label_that_is_not_there_is_refused()
    {
        StereoSampleReader reader = Reader([], []);

        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(-1));
    }

    [Fact]
    public void A_recording_without_depth_is_refused()
    {
        var recording = new MemoryRecording(Sensor, Array.Empty<DvsEvent>(), []);

        ArgumentException error = Assert.Throws<ArgumentException>(() => new StereoSampleReader(recording, new PolarityHistogramEncoder(), 50));

        Assert.StartsWith("walk.h5 has no depth of its left camera", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_without_length_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StereoSampleReader(new MemoryRecording(Sensor, [], Array.Empty<DvsEvent>()), new PolarityHistogramEncoder(), 0));

    private static DvsEvent At(long timeUs, ushort x) => new(timeUs, x, 0, Polarity.On);

    private static StereoSampleReader Reader(DvsEvent[] left, DvsEvent[] right) =>
        new(new MemoryRecording(Sensor, left, right) { LabelTimesUs = [130, 175] }, new PolarityHistogramEncoder(), windowUs: 50);
}
