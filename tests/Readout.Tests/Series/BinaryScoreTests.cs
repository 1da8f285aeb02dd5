namespace StereoSpike.Readout.Tests.Series;

public class BinaryScoreTests
{
    [Fact]
    public void Shares_and_the_area_are_counted()
    {
        // Positive 3, 1, −1; negative 1, −2. Pairs: 3>1, 3>−2, 1=1 (a half), 1>−2, −1<1, −1>−2: 4.5 of 6.
        BinaryScore score = BinaryScore.Of([3f, 1f, -1f, 1f, -2f], [true, true, true, false, false]);

        Assert.Equal(2.0 / 3, score.Sensitivity, 1e-12);
        Assert.Equal(0.5, score.Specificity, 1e-12);
        Assert.Equal(0.75, score.Auc, 1e-12);
    }

    [Fact]
    public void Evidence_that_says_nothing_has_an_area_of_a_half()
    {
        Assert.Equal(0.5, BinaryScore.Of([1f, 1f, 1f, 1f], [true, false, true, false]).Auc, 1e-12);
    }

    [Fact]
    public void With_one_class_only_there_is_no_area()
    {
        Assert.True(double.IsNaN(BinaryScore.Of([1f, 2f], [true, true]).Auc));
    }
}
