using CsCheck;

namespace StereoSpike.Training.Tests.Distributed;

public class BatchShareTests
{
    [Fact]
    public void Every_sample_of_a_batch_goes_to_one_rank_and_a_rank_without_any_takes_a_spare_along() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40]).Sample((samples, ranks) =>
        {
            BatchShare[] shares = [.. Enumerable.Range(0, ranks).Select(rank => BatchShare.Of(samples, rank, ranks))];
            BatchShare[] real = [.. shares.Where(share => !share.IsSpare)];

            Assert.Equal(Enumerable.Range(0, samples), real.SelectMany(share => Enumerable.Range(share.First, share.Count)));
            Assert.True(real.Max(share => share.Count) - real.Min(share => share.Count) <= 1);
            Assert.Equal(Math.Max(0, ranks - samples), ranks - real.Length);
            Assert.All(shares.Except(real), share => Assert.True(share.Count == 1 && share.First < samples));
        });

    [Theory]
    [InlineData("0-3,8", new[] { 0, 1, 2, 3, 8 })]
    [InlineData("\t5\n", new[] { 5 })]
    public void Lists_of_cores_are_read_as_the_kernel_writes_them(string list, int[] cores) => Assert.Equal(cores, AllowedCores.Parse(list));
}
