using CsCheck;
using StereoSpike.Readout;

namespace StereoSpike.Tests.Metrics;

public class MagnitudeHistogramTests
{
    [Fact]
    public void Its_median_is_the_sorted_one_to_a_part_in_a_thousand()
    {
        Gen.Double[1e-6, 1e6].Array[1, 200].Sample(values =>
        {
            var histogram = new MagnitudeHistogram();
            foreach (double value in values)
            {
                histogram.Add(value);
            }

            double exact = values.Order().ElementAt((values.Length - 1) / 2);
            Assert.InRange(histogram.Quantile(0.5), exact * (1 - 1e-3), exact * (1 + 1e-3));
        });
    }

    [Fact]
    public void A_heavy_value_pulls_the_median_to_itself()
    {
        var histogram = new MagnitudeHistogram();
        histogram.Add(1.0, 1.0);
        histogram.Add(8.0, 2.5);
        histogram.Add(16.0, 1.0);
        Assert.InRange(histogram.Quantile(0.5), 8.0, 8.0 * (1 + 1e-3));
        Assert.InRange(histogram.Quantile(0.0), 1.0, 1.0 * (1 + 1e-3));
        Assert.InRange(histogram.Quantile(1.0), 16.0, 16.0 * (1 + 1e-3));
    }

    [Fact]
    public void The_fullest_interval_is_found_wherever_it_lies()
    {
        // 3 alone; 10, 11, 11.5 within 2 of each other; 20. The middle of 10 and 11.5 is 10.75.
        var histogram = new MagnitudeHistogram();
        foreach (double value in new[] { 20.0, 11.0, 3.0, 10.0, 11.5 })
        {
            histogram.Add(value);
        }

        Assert.InRange(histogram.FullestInterval(2.0), 10.75 * (1 - 1e-3), 10.75 * (1 + 1e-3));
    }

    [Fact]
    public void Zero_is_a_value_and_nothing_has_no_median()
    {
        var histogram = new MagnitudeHistogram();
        Assert.Throws<InvalidOperationException>(() => histogram.Quantile(0.5));
        histogram.Add(0.0);
        Assert.Equal(0.0, histogram.Quantile(0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Add(-1.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Add(double.NaN));
    }
}
