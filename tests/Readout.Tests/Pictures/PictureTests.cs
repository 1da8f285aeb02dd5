using StereoSpike.Readout;

namespace StereoSpike.Tests.Pictures;

public class PictureTests
{
    private static readonly SensorSize Sensor = new(3, 2);

    [Fact]
    public void Unknown_depth_is_exactly_the_flat_grey()
    {
        var depth = new DepthMap(Sensor, [1f, float.NaN, 5f, 2f, 3f, 4f]);
        Picture picture = DepthPicture.Draw(depth, ColourScale.Depth(1, 5));
        Assert.Equal(new Colour(0x60, 0x60, 0x60), picture[1, 0]);
        Assert.Equal(ColourMap.Turbo.At(1), picture[0, 0]);
        Assert.Equal(ColourMap.Turbo.At(0), picture[2, 0]);
    }

    [Fact]
    public void On_is_red_off_is_blue_and_silence_is_black()
    {
        // One event shines with 1 − 0.4 = 0.6 of the full colour, two with 1 − 0.16 = 0.84.
        DvsEvent[] events = [new(0, 0, 0, Polarity.On), new(1, 1, 0, Polarity.Off), new(2, 2, 1, Polarity.On), new(3, 2, 1, Polarity.On)];
        Picture picture = EventPicture.Draw(events, Sensor);
        Assert.Equal(new Colour(153, 36, 24), picture[0, 0]);     // 0.6 · (255, 60, 40)
        Assert.Equal(new Colour(24, 72, 153), picture[1, 0]);     // 0.6 · (40, 120, 255)
        Assert.Equal(new Colour(214, 50, 34), picture[2, 1]);     // 0.84 · (255, 60, 40) = (214.2, 50.4, 33.6)
        Assert.Equal(new Colour(0, 0, 0), picture[0, 1]);
    }

    [Fact]
    public void Many_events_reach_the_full_colour_and_no_further()
    {
        var frame = new SpikeFrame(4, Sensor);
        frame.Channel(2)[5] = 1000;
        Assert.Equal(EventPicture.On, EventPicture.Draw(frame, Camera.Right)[2, 1]);
        Assert.Equal(new Colour(0, 0, 0), EventPicture.Draw(frame, Camera.Left)[2, 1]);
    }

    [Fact]
    public void A_frame_and_its_events_give_one_picture()
    {
        DvsEvent[] events = [new(0, 2, 1, Polarity.On), new(1, 2, 1, Polarity.Off), new(2, 0, 1, Polarity.Off)];
        var frame = new SpikeFrame(2, Sensor);
        foreach (DvsEvent e in events)
        {
            frame.Channel(e.Polarity == Polarity.On ? 0 : 1)[(e.Y * Sensor.Width) + e.X]++;
        }

        Assert.Equal(EventPicture.Draw(events, Sensor).EncodePng(), EventPicture.Draw(frame, Camera.Left).EncodePng());
    }

    [Fact]
    public void A_camera_that_is_not_in_the_frame_is_refused() =>
        Assert.Contains(
            "has 2 channels; the Right camera's are 2 (ON) and 3 (OFF)",
            Assert.Throws<ArgumentException>(() => EventPicture.Draw(new SpikeFrame(2, Sensor), Camera.Right)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_error_is_black_where_there_is_none_and_grey_where_it_is_unknown()
    {
        // |ẑ − z| = 0, 1, 0.5 of at most 1 m; relative 0, 25, 50 % of at most 50 %.
        var truth = new DepthMap(Sensor, [2f, 4f, 1f, float.NaN, 3f, 3f]);
        float[] predicted = [2f, 3f, 1.5f, 9f, float.NaN, 3f];
        Picture metres = ErrorPicture.Draw(predicted, truth, ColourScale.ErrorMetres(1));
        Picture percent = ErrorPicture.Draw(predicted, truth, ColourScale.ErrorPercent(50));
        Assert.Equal((ColourMap.Magma.At(0), ColourMap.Magma.At(1), ColourMap.Magma.At(0.5)), (metres[0, 0], metres[1, 0], metres[2, 0]));
        Assert.Equal((ColourMap.Magma.At(0), ColourMap.Magma.At(0.5), ColourMap.Magma.At(1)), (percent[0, 0], percent[1, 0], percent[2, 0]));
        Assert.Equal((Colour.Unknown, Colour.Unknown), (metres[0, 1], metres[1, 1]));
    }

    [Fact]
    public void A_saved_picture_is_a_png_and_nothing_is_left_beside_it()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("depth.png");
        DepthPicture.Draw(DepthMap.Unknown(Sensor), ColourScale.Depth(0, 1)).Save(path);
        Assert.Equal(Files.PngChunk.Signature.ToArray(), File.ReadAllBytes(path)[..8]);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }
}
