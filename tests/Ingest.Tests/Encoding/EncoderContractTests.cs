using CsCheck;

namespace StereoSpike.Ingest.Tests;

/// <summary>What every encoder promises, whatever it makes of the events.</summary>
public class EncoderContractTests
{
    private static readonly SensorSize Davis = new(346, 260);
    private static readonly TimeWindow Window = new(0, 50_000);

    public static TheoryData<string> Encoders =>
        ["histogram", "histogram:views=1", "voxel", "voxel:bins=1", "time-surface", "time-surface:tau-ms=5,views=1", "coincidence", "coincidence:disparities=5,step=3", "count", "stack-time", "stack-time:bins=4,views=1", "stack-number:bins=7"];

    [Theory]
    [MemberData(nameof(Encoders))]
    public void An_event_at_the_start_counts_and_one_at_the_end_is_refused(string name)
    {
        IStereoEncoder encoder = EncoderCatalogue.Create(name);

        Assert.NotEqual(0f, WithLeft(new DvsEvent(0, 1, 1, Polarity.On)).Encoded(encoder).Sum());
        Assert.Throws<ArgumentException>(() => WithLeft(new DvsEvent(50_000, 1, 1, Polarity.On)).Encoded(encoder));
        Assert.Throws<ArgumentException>(() => WithLeft(new DvsEvent(-1, 1, 1, Polarity.On)).Encoded(encoder));
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void An_event_off_the_sensor_is_named_in_the_error(string name)
    {
        // Column 346 of 346, which the code published with StereoSpike admits.
        StereoWindow window = WithLeft(new DvsEvent(10, 0, 0, Polarity.On), new DvsEvent(12, 346, 7, Polarity.Off));

        ArgumentException error = Assert.Throws<ArgumentException>(() => window.Encoded(EncoderCatalogue.Create(name)));

        Assert.StartsWith(
            "Event 1 is at x = 346, y = 7, t = 12 µs: outside the 346×260 sensor or the window [0, 50000) µs. Crop the batch before encoding it.",
            error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => WithLeft(new DvsEvent(12, 7, 260, Polarity.On)).Encoded(EncoderCatalogue.Create(name)));
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void A_destination_of_another_size_is_refused(string name)
    {
        IStereoEncoder encoder = EncoderCatalogue.Create(name);

        Assert.Throws<ArgumentException>(() => encoder.Encode(WithLeft(), new float[(encoder.Channels * Davis.Pixels) - 1]));
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void A_window_without_events_or_without_length_is_all_zeros(string name)
    {
        IStereoEncoder encoder = EncoderCatalogue.Create(name);

        Assert.All(WithLeft().Encoded(encoder), value => Assert.Equal(0f, value));
        Assert.All((WithLeft() with { Window = new TimeWindow(7, 7) }).Encoded(encoder), value => Assert.Equal(0f, value));
    }

    [Theory]
    [InlineData("histogram")]
    [InlineData("histogram:views=1")]
    [InlineData("count")]
    [InlineData("count:views=1")]
    [InlineData("coincidence")]
    [InlineData("coincidence:disparities=5,step=3")]
    public void A_counted_window_is_encoded_like_its_events(string name)
    {
        var encoder = (ICountEncoder)EncoderCatalogue.Create(name);
        var counter = new PolarityHistogramEncoder();
        AnyWindow.Gen.Sample(
            window =>
            {
                var tensor = new float[encoder.Channels * window.Sensor.Pixels];
                encoder.EncodeCounts(new SpikeFrame(4, window.Sensor, window.Encoded(counter)), tensor);

                Assert.Equal(window.Encoded(encoder), tensor);
            },
            iter: 30);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Upside_down_in_is_upside_down_out(string name)
    {
        IStereoEncoder encoder = EncoderCatalogue.Create(name);
        AnyWindow.Gen.Sample(
            window =>
            {
                (int width, int height) = (window.Sensor.Width, window.Sensor.Height);
                float[] values = window.Encoded(encoder);

                Assert.Equal(
                    window.Tensor(encoder.Channels, (c, y, x) => values[(((c * height) + height - 1 - y) * width) + x]),
                    window.Map(e => e with { Y = (ushort)(height - 1 - e.Y) }).Encoded(encoder));
            },
            iter: 30);
    }

    [Theory]
    [InlineData("histogram")]
    [InlineData("voxel")]
    [InlineData("time-surface")]
    [InlineData("count")]
    [InlineData("stack-time")]
    [InlineData("stack-number")]
    public void A_mirrored_scene_exchanges_the_cameras(string name)
    {
        // In a mirror the left camera is the right one: mirroring the columns alone would turn every disparity's sign.
        IStereoEncoder encoder = EncoderCatalogue.Create(name);
        int half = encoder.Channels / 2;
        AnyWindow.Gen.Sample(
            window =>
            {
                (int width, int height) = (window.Sensor.Width, window.Sensor.Height);
                float[] values = window.Encoded(encoder);
                StereoWindow mirrored = window.Map(e => e with { X = (ushort)(width - 1 - e.X) });

                Assert.Equal(
                    window.Tensor(encoder.Channels, (c, y, x) => values[(((((c + half) % (2 * half)) * height) + y) * width) + width - 1 - x]),
                    (mirrored with { Left = mirrored.Right, Right = mirrored.Left }).Encoded(encoder));
            },
            iter: 30);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void A_warm_encoder_allocates_nothing(string name)
    {
        IStereoEncoder encoder = EncoderCatalogue.Create(name);
        StereoWindow window = WithLeft([.. Enumerable.Range(0, 1_000).Select(i => new DvsEvent(i, (ushort)(i % 346), (ushort)(i % 260), (Polarity)(i % 2)))]);
        var values = new float[encoder.Channels * Davis.Pixels];
        encoder.Encode(window, values);

        long before = GC.GetAllocatedBytesForCurrentThread();
        encoder.Encode(window, values);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void One_encoder_serves_several_threads(string name)
    {
        IStereoEncoder encoder = EncoderCatalogue.Create(name);
        StereoWindow[] windows = [.. Enumerable.Range(0, 8).Select(i => WithLeft(new DvsEvent(i, (ushort)(40 * i), 3, Polarity.On)))];
        float[][] alone = [.. windows.Select(window => window.Encoded(encoder))];

        float[][] together = [.. windows.AsParallel().AsOrdered().WithDegreeOfParallelism(4).Select(window => window.Encoded(encoder))];

        Assert.Equal(alone, together);
    }

    private static StereoWindow WithLeft(params DvsEvent[] left) => new(Window, Davis, left, left);
}
