namespace StereoSpike.Training.Tests.Distributed;

public class AllReduceModelTests
{
    [Fact]
    public void A_ring_of_four_sends_one_and_a_half_times_the_bytes_in_six_messages()
    {
        // α = 0.5 s, β = 8 bytes/s, 32 bytes: 2·3·0.5 + 2·(3/4)·32/8 = 3 + 6 s.
        var model = new AllReduceModel(0.5, 8);

        Assert.Equal(9, model.Seconds(4, 32));
        Assert.Equal(0, model.Seconds(1, 32));

        // A step of 10 s: five small sums of 2·2 messages are 10 s; of the 9 s of the large one, 4 are hidden.
        Assert.Equal(10 + 10 + 5, model.StepSeconds(4, 32, 10, 4));
        Assert.Equal(10 + 10, model.StepSeconds(4, 32, 10, 10));
        Assert.Equal(10, model.StepSeconds(1, 32, 10, 0));
    }

    [Theory]
    [InlineData(545_504, 136_376)]            // the small network's gradients: in quarters
    [InlineData(100_000, 65_536)]
    [InlineData(72_594_884, 4_194_304)]
    public void Buckets_are_quarters_within_bounds(long gradientBytes, long bucketBytes) => Assert.Equal(bucketBytes, GradientExchange.BucketBytes(gradientBytes));
}
