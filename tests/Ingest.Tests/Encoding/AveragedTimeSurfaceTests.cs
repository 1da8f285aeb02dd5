using CsCheck;

namespace StereoSpike.Ingest.Tests;

public class AveragedTimeSurfaceTests
{
    [Fact]
    public void An_event_sees_what_its_neighbours_left()
    {
        // One cell of 4×2 px, radius 1, τ = 1 ms. ON at (1, 0) at 0 µs, ON at (2, 1) at 1000 µs, OFF at (2, 1) at 1000 µs.
        // The second sees the first at z = (−1, −1): e^(−1). The first and the third see nothing. |C| = 3 events.
        float[] surface = Represent(new AveragedTimeSurface(4, 1, 1), new SensorSize(4, 2), new(0, 1, 0, Polarity.On), new(1000, 2, 1, Polarity.Off), new(1000, 2, 1, Polarity.On));

        Assert.Equal(18, surface.Length);   // [1, 1, 2, 3, 3], ON first; z = (−1, −1) is the first of the nine
        Assert.Equal(Math.Exp(-1) / 3, surface[0], 1e-6);
        Assert.All(surface[1..], value => Assert.Equal(0f, value));
    }

    [Fact]
    public void A_cell_sees_nothing_of_its_neighbours_and_an_instant_nothing_of_itself()
    {
        // (3, 0) and (4, 0) lie in two cells of 4 px; two events of one pixel at one time do not see each other.
        Assert.All(Represent(new AveragedTimeSurface(4, 3, 20), new SensorSize(8, 1), new(0, 3, 0, Polarity.On), new(5, 4, 0, Polarity.On)), value => Assert.Equal(0f, value));
        Assert.All(Represent(new AveragedTimeSurface(4, 3, 20), new SensorSize(8, 1), new(5, 3, 0, Polarity.On), new(5, 3, 0, Polarity.On)), value => Assert.Equal(0f, value));
    }

    [Fact]
    public void It_is_the_mean_that_the_paper_defines()
    {
        // Against the double sum over pairs of events; τ down to 1 µs lets exponents grow until the origin moves.
        Gen.Select(AnyWindow.Gen, Gen.Int[1, 7], Gen.Int[0, 3], Gen.Int[0, 3]).Sample((window, cell, radius, choice) =>
        {
            double tauMs = ((double[])[0.001, 0.01, 1, 20])[choice];
            var surface = new AveragedTimeSurface(cell, radius, tauMs);
            DvsEvent[] events = window.Left.ToArray();
            (int width, int side) = (window.Sensor.Width, (2 * radius) + 1);
            int across = (width + cell - 1) / cell;
            var expected = new double[surface.Shape(window.Sensor).Aggregate((a, b) => a * b)];
            int Cell(DvsEvent e) => (e.Y / cell * across) + (e.X / cell);
            foreach (DvsEvent i in events)
            {
                foreach (DvsEvent j in events.Where(j => Cell(j) == Cell(i) && j.Polarity == i.Polarity && j.TimestampUs < i.TimestampUs && Math.Abs(j.X - i.X) <= radius && Math.Abs(j.Y - i.Y) <= radius))
                {
                    int place = ((((Cell(i) * 2) + 1 - (int)i.Polarity) * side) + j.Y - i.Y + radius) * side;
                    expected[place + j.X - i.X + radius] += Math.Exp(-(i.TimestampUs - j.TimestampUs) / (1e3 * tauMs)) / events.Count(e => Cell(e) == Cell(i));
                }
            }

            float[] found = RepresentIn(window.Window, surface, window.Sensor, events);

            Assert.Equal(expected.Length, found.Length);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5));   // float sums of at most 60 terms of at most 1
        });
    }

    [Fact]
    public void Pictures_hold_the_same_values_where_the_cells_lie()
    {
        // 2×1 cells of 2 px, radius 0: each cell's two values (ON, OFF) become a pixel of two pictures of 2×1.
        Assert.Equal([1f, 3f, 2f, 4f], new AveragedTimeSurface(2, 0).Pictures([1f, 2f, 3f, 4f], new SensorSize(4, 2)));
    }

    private static float[] Represent(AveragedTimeSurface surface, SensorSize sensor, params DvsEvent[] events) => RepresentIn(new TimeWindow(0, 10_000), surface, sensor, events);

    private static float[] RepresentIn(TimeWindow window, AveragedTimeSurface surface, SensorSize sensor, DvsEvent[] events)
    {
        var values = new float[surface.Shape(sensor).Aggregate((a, b) => a * b)];
        Array.Fill(values, float.NaN);
        surface.Represent(events, window, sensor, values);
        return values;
    }
}
