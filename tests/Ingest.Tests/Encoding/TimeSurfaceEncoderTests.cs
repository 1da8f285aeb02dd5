using CsCheck;

namespace StereoSpike.Ingest.Tests;

public class TimeSurfaceEncoderTests
{
    [Fact]
    public void A_trace_falls_to_one_over_e_in_a_time_constant_and_the_newest_event_wins()
    {
        // τ = 20 ms; the window ends at 50 ms. ON at 10 and 30 ms: the newer is 20 ms = τ old, so e^−1.
        // OFF at 10 ms: 40 ms = 2 τ old, so e^−2.
        var window = new StereoWindow(
            new TimeWindow(0, 50_000), new SensorSize(1, 1),
            new DvsEvent[] { new(10_000, 0, 0, Polarity.On), new(10_000, 0, 0, Polarity.Off), new(30_000, 0, 0, Polarity.On) },
            default);

        float[] surface = window.Encoded(new TimeSurfaceEncoder(tauMs: 20));

        Assert.Equal(0.36787944f, surface[0], 1e-6f);   // a float's rounding
        Assert.Equal(0.13533528f, surface[1], 1e-6f);
        Assert.Equal([0f, 0f], surface[2..]);
    }

    [Fact]
    public void Each_pixel_holds_what_the_formula_says()
    {
        (from window in AnyWindow.Gen from tauMs in Gen.Double[0.5, 50] select (window, tauMs)).Sample(any =>
        {
            (StereoWindow window, double tauMs) = any;
            float[] expected = window.Tensor(4, (c, y, x) =>
                window.At((Camera)(c / 2), c % 2 == 0 ? Polarity.On : Polarity.Off, y, x)
                    .Select(e => Math.Exp(-(window.Window.EndUs - e.TimestampUs) / (1e3 * tauMs)))
                    .DefaultIfEmpty(0)
                    .Max());

            float[] actual = window.Encoded(new TimeSurfaceEncoder(tauMs));

            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], actual[i], 1e-6f);   // the exponent is a float: 2^-24 relative, times x·e^-x ≤ 0.37
            }
        });
    }

    [Fact]
    public void A_later_end_only_dims_the_surface()
    {
        AnyWindow.Gen.Sample(window =>
        {
            StereoWindow later = window with { Window = new TimeWindow(window.Window.StartUs, window.Window.EndUs + 1_000) };

            float[] now = window.Encoded(new TimeSurfaceEncoder()), then = later.Encoded(new TimeSurfaceEncoder());

            Assert.All(now.Zip(then), pair => Assert.True(pair.First == 0 ? pair.Second == 0 : pair.Second < pair.First));
        });
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_time_constant_is_positive_and_finite(double tauMs) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimeSurfaceEncoder(tauMs));
}
