using CsCheck;

namespace StereoSpike.Ingest.Tests.Images;

public class ImageEncoderTests
{
    [Fact]
    public void Bright_pixels_fire_first_and_black_ones_never()
    {
        // ⌊(255 − p)·256/255⌋: 255 → 0; 254 → ⌊1.004⌋ = 1; 128 → ⌊127.498⌋ = 127; 1 → ⌊254.996⌋ = 254; 0 → 256, which is T.
        var encoder = new LatencyEncoder(256);
        var times = new ushort[5];

        encoder.Encode([255, 254, 128, 1, 0], times);

        Assert.Equal([0, 1, 127, 254, 256], times);
    }

    [Fact]
    public void With_256_steps_a_pixel_fires_at_255_minus_its_brightness()
    {
        // (255 − p)·256/255 = (255 − p) + (255 − p)/255, and the last term is below 1 for p > 0: BS4NN's times are S4NN's.
        var encoder = new LatencyEncoder(256);

        Assert.All(Enumerable.Range(1, 255), p => Assert.Equal(255 - p, encoder[(byte)p]));
    }

    [Fact]
    public void Brighter_is_never_later_and_every_time_lies_in_the_window()
    {
        Gen.Select(Gen.Int[1, 4096], Gen.Bool).Sample((steps, linear) =>
        {
            var encoder = new LatencyEncoder(steps, linear ? LatencyRule.Linear : LatencyRule.Logarithmic);
            return encoder[0] == steps
                && Enumerable.Range(1, 255).All(p => encoder[(byte)p] >= 0 && encoder[(byte)p] <= steps - 1 && encoder[(byte)p] <= (p == 1 ? steps : encoder[(byte)(p - 1)]));
        });
    }

    [Fact]
    public void The_logarithmic_rule_delays_equal_ratios_equally()
    {
        // T = 11: α = e^10 − 1 = 22025.5. p = 255 → 10 − ln(22026.5) = 0. p = 51, a fifth → 10 − ln(4406.1) = 1.61 → 2. p = 1 → 10 − ln(87.4) = 5.53 → 6.
        var encoder = new LatencyEncoder(11, LatencyRule.Logarithmic);

        Assert.Equal([0, 2, 6, 11], new byte[] { 255, 51, 1, 0 }.Select(p => encoder[p]));
    }

    [Fact]
    public void Rates_follow_brightness_and_draws_do_not_depend_on_the_order_of_work()
    {
        const int steps = 20_000;
        var encoder = new RateEncoder(steps, seed: 3);
        var first = new float[steps * 3];
        var again = new float[steps * 3];
        encoder.Encode([0, 51, 255], index: 7, first);
        encoder.Encode([200, 200, 200], index: 8, again);
        encoder.Encode([0, 51, 255], index: 7, again);

        Assert.Equal(first, again);
        Assert.Equal(0f, Sum(0));
        Assert.Equal(steps, Sum(2));
        Assert.InRange(Sum(1) / steps, 0.2 - 0.017, 0.2 + 0.017);   // 51/255 = 1/5; six standard deviations, √(0.16/20000) = 0.0028

        float Sum(int pixel) => Enumerable.Range(0, steps).Sum(t => first[(3 * t) + pixel]);
    }
}
