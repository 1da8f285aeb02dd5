using CsCheck;

namespace StereoSpike.Model.Tests.Graphs;

public class AxisTapsTests
{
    [Fact]
    public void A_kernel_of_five_after_a_resize_from_17_to_37_falls_on_its_source_rows_in_five_ways()
    {
        // deconv4's rows at 260×346: 33 outputs of a 5-tap kernel over 37 resized rows. Resized row i is source row ⌊17·i/37⌋:
        // 0 0 0 1 1 2 2 3 3 4 4 5 5 5 6 6 …: rows 0 and 5 stand three times. Output 0 sees 0 0 0 1 1: taps 0–2 fall on one row, 3–4 on the next.
        var taps = new AxisTaps(17, 37, kernel: 5, stride: 1, padding: 0);

        Assert.Equal((33, 5), (taps.Outputs, taps.Patterns.Count));
        Assert.Equal([0, 0, 0, 1, 1], taps.Patterns[taps.Pattern(0)].Offsets);
        Assert.Equal([0, 0, 1, 1, 2], taps.Patterns[taps.Pattern(1)].Offsets);
        Assert.Equal([0, 1, 1, 2, 2], taps.Patterns[taps.Pattern(2)].Offsets);
        Assert.Equal((0, 0, 0), (taps.First(0), taps.First(1), taps.First(2)));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(7, 7)]
    public void Every_resize_of_the_published_sizes_has_few_patterns(int kernel, int most)
    {
        foreach (int full in (int[])[346, 260, 240, 180, 128, 640, 480])
        {
            for (int target = full; target > 20; target = (target + 1) / 2)
            {
                Assert.InRange(new AxisTaps((target + 1) / 2, target + kernel - 1, kernel, 1, 0).Patterns.Count, 1, most);
            }
        }
    }

    [Fact]
    public void Folded_taps_are_sums_of_the_taps_that_fall_on_one_pixel()
    {
        // Pattern 0 0 0 1 1 of two kernels (1 2 4 8 16) and (3 5 7 9 11): 1+2+4, 8+16; 3+5+7, 9+11.
        TapPattern pattern = new AxisTaps(17, 37, 5, 1, 0).Patterns[0];

        Assert.Equal([7, 24, 15, 20], pattern.Fold<int>([1, 2, 4, 8, 16, 3, 5, 7, 9, 11], inner: 1));
    }

    [Fact]
    public void Folding_gives_the_convolution_of_the_resized_signal()
    {
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 40], Gen.Int[1, 7], Gen.Int[1, 3], Gen.Int[0, 3], Gen.Int[0, 1000]).Sample((source, more, kernel, stride, padding, seed) =>
        {
            int resized = kernel + more;
            var random = new Random(seed);
            int[] signal = [.. Enumerable.Range(0, source).Select(_ => random.Next(-9, 10))], weights = [.. Enumerable.Range(0, kernel).Select(_ => random.Next(-9, 10))];
            int[] padded = [.. new int[padding], .. Enumerable.Range(0, resized).Select(i => signal[i * source / resized]), .. new int[padding]];
            var taps = new AxisTaps(source, resized, kernel, stride, padding);

            Assert.Equal(((padded.Length - kernel) / stride) + 1, taps.Outputs);
            for (int x = 0; x < taps.Outputs; x++)
            {
                int plain = weights.Select((weight, t) => weight * padded[(x * stride) + t]).Sum();
                int[] folded = taps.Patterns[taps.Pattern(x)].Fold<int>(weights, 1);
                Assert.Equal(plain, folded.Select((weight, u) => weight == 0 ? 0 : weight * signal[taps.First(x) + u]).Sum());
                Assert.Equal(plain, weights.Select((weight, t) => taps.Source(x, t) is >= 0 and int at ? weight * signal[at] : 0).Sum());
            }
        });
    }
}
