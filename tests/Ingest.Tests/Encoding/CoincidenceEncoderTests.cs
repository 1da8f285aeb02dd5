using CsCheck;

namespace StereoSpike.Ingest.Tests;

public class CoincidenceEncoderTests
{
    private static readonly SensorSize Sensor = new(100, 4);

    [Fact]
    public void A_pair_fires_the_map_of_its_disparity_at_the_left_pixel()
    {
        // x_left 66, x_right 62: disparity 4. (66 and 62 lie on either side of the first machine word of a row.)
        float[] maps = Maps([On(66, 1)], [On(62, 1)], new CoincidenceEncoder(disparities: 6));

        Assert.Equal([(4, 1, 66, 1f)], Active(maps));
    }

    [Fact]
    public void Disparities_come_in_steps()
    {
        // In steps of 2 px, disparity 4 is map 2; disparity 3 falls between two maps.
        var encoder = new CoincidenceEncoder(disparities: 3, stepPx: 2);

        Assert.Equal([(2, 0, 50, 1f)], Active(Maps([On(50, 0)], [On(46, 0)], encoder)));
        Assert.Empty(Active(Maps([On(50, 0)], [On(47, 0)], encoder)));
    }

    [Fact]
    public void The_row_above_and_the_row_below_agree_too_but_none_further()
    {
        var encoder = new CoincidenceEncoder(disparities: 1);

        Assert.Equal([(0, 1, 9, 1f)], Active(Maps([On(9, 1)], [On(9, 0)], encoder)));
        Assert.Equal([(0, 1, 9, 1f)], Active(Maps([On(9, 1)], [On(9, 2)], encoder)));
        Assert.Empty(Active(Maps([On(9, 1)], [On(9, 3)], encoder)));
    }

    [Fact]
    public void Polarities_agree_each_for_itself_and_add_up()
    {
        var encoder = new CoincidenceEncoder(disparities: 1);

        Assert.Empty(Active(Maps([On(9, 1)], [Off(9, 1)], encoder)));
        Assert.Equal([(0, 1, 9, 2f)], Active(Maps([On(9, 1), Off(9, 1)], [On(9, 1), Off(9, 1)], encoder)));
    }

    [Fact]
    public void Many_events_of_a_pixel_fire_its_neuron_once()
    {
        float[] maps = Maps([On(9, 1), On(9, 1), On(9, 1)], [On(9, 0), On(9, 1), On(9, 1)], new CoincidenceEncoder(disparities: 1));

        Assert.Equal([(0, 1, 9, 1f)], Active(maps));
    }

    [Fact]
    public void Every_channel_holds_what_the_formula_says()
    {
        (from window in AnyWindow.Gen from disparities in Gen.Int[1, 20] from stepPx in Gen.Int[1, 9] select (window, disparities, stepPx)).Sample(any =>
        {
            (StereoWindow window, int disparities, int stepPx) = any;
            bool[] left = Seen(window, Camera.Left), right = Seen(window, Camera.Right);
            bool At(bool[] seen, int polarity, int y, int x) =>
                window.Sensor.Contains(x, y) && seen[(polarity * window.Sensor.Pixels) + (y * window.Sensor.Width) + x];

            float[] maps = window.Tensor(disparities, (k, y, x) => Enumerable.Range(0, 2).Count(p =>
                At(left, p, y, x) && Enumerable.Range(y - 1, 3).Any(row => At(right, p, row, x - (k * stepPx)))));

            Assert.Equal(
                [.. window.Encoded(new PolarityHistogramEncoder()), .. maps],
                window.Encoded(new CoincidenceEncoder(disparities, stepPx)));
        });
    }

    [Fact]
    public void Moving_the_right_image_by_a_step_moves_every_coincidence_by_a_map()
    {
        // Kept to columns 50..99 and moved left by at most 30, no event leaves the sensor.
        Gen.Int[50, 99].Array[0, 40].Sample(columns =>
        {
            DvsEvent[] left = [.. columns.Select(x => On(x, 2))];
            DvsEvent[] right = [.. columns.Select(x => On(x - 20, 2))];
            DvsEvent[] moved = [.. columns.Select(x => On(x - 30, 2))];
            var encoder = new CoincidenceEncoder(disparities: 5, stepPx: 10);
            int plane = Sensor.Pixels;

            // Maps 0..3 before are maps 1..4 after.
            Assert.Equal(Maps(left, right, encoder)[..(4 * plane)], Maps(left, moved, encoder)[plane..]);
        });
    }

    private static DvsEvent On(int x, int y) => new(5, (ushort)x, (ushort)y, Polarity.On);

    private static DvsEvent Off(int x, int y) => new(5, (ushort)x, (ushort)y, Polarity.Off);

    private static float[] Maps(DvsEvent[] left, DvsEvent[] right, CoincidenceEncoder encoder) =>
        new StereoWindow(new TimeWindow(0, 10), Sensor, left, right).Encoded(encoder)[(4 * Sensor.Pixels)..];

    private static IEnumerable<(int Map, int Y, int X, float Value)> Active(float[] maps) =>
        maps.Index().Where(value => value.Item != 0).Select(value =>
            (value.Index / Sensor.Pixels, value.Index % Sensor.Pixels / Sensor.Width, value.Index % Sensor.Width, value.Item));

    private static bool[] Seen(StereoWindow window, Camera camera)
    {
        var seen = new bool[2 * window.Sensor.Pixels];
        foreach (DvsEvent e in window.Events(camera).Span)
        {
            seen[((e.Polarity == Polarity.On ? 0 : 1) * window.Sensor.Pixels) + (e.Y * window.Sensor.Width) + e.X] = true;
        }

        return seen;
    }
}
