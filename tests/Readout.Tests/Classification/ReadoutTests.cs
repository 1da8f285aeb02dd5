namespace StereoSpike.Readout.Tests.Classification;

public class ReadoutTests
{
    private static readonly int[] Order = [.. Enumerable.Range(0, 10)];

    [Fact]
    public void The_first_output_decides_and_ties_are_kept()
    {
        LatencyDecision decision = FirstSpikeReadout.Decide([9, 4, 16, 4], steps: 16, [0f, 0f, 0f, 0f]);

        Assert.Equal(new LatencyDecision(0b1010, 4, Silent: false), decision);
        Assert.Equal((2, 1), (decision.Ties, decision.Output));
    }

    [Fact]
    public void Where_nobody_fires_the_highest_potential_decides_at_the_last_step() =>
        Assert.Equal(new LatencyDecision(0b100, 16, Silent: true), FirstSpikeReadout.Decide([16, 16, 16], 16, [1f, -3f, 2f]));

    [Theory]
    [InlineData(new ushort[] { 9, 4, 16, 7 }, 3)]
    [InlineData(new ushort[] { 4, 9, 4 }, 0)]
    [InlineData(new ushort[] { 16, 16, 16 }, 0)]
    [InlineData(new ushort[] { 16, 5, 16 }, 11)]
    public void The_margin_is_the_time_between_the_first_two(ushort[] times, int margin) => Assert.Equal(margin, FirstSpikeReadout.MarginSteps(times));

    [Fact]
    public void A_tie_counts_whole_in_one_accuracy_and_its_share_in_the_other()
    {
        // Right alone; right in a tie of two; wrong; wrong in a tie of four: inclusive 2/4, strict (1 + 1/2)/4.
        var score = new ClassificationScore();
        score.Add(new LatencyDecision(1u << 3, 10, false), Order, label: 3);
        score.Add(new LatencyDecision(1u << 3 | 1u << 4, 20, false), Order, label: 4);
        score.Add(new LatencyDecision(1u << 5, 30, true), Order, label: 6);
        score.Add(new LatencyDecision(0b1111, 40, false), Order, label: 9);

        Assert.Equal(
            (0.5, 0.375, 0.25, 25.0),
            (score.AccuracyInclusive, score.AccuracyStrict, score.SilentShare, score.MeanDecisionStep));
        Assert.Equal((0.5, 0.5, 0.25), (score.Confusion(4, 3), score.Confusion(4, 4), score.Confusion(9, 0)));
    }

    [Fact]
    public void Outputs_that_all_fire_at_once_are_always_right_by_one_accuracy_and_one_time_in_ten_by_the_other()
    {
        var score = new ClassificationScore();
        for (int label = 0; label < 10; label++)
        {
            score.Add(new LatencyDecision(0x3FF, 1, false), Order, label);
        }

        Assert.Equal(1.0, score.AccuracyInclusive);
        Assert.Equal(0.1, score.AccuracyStrict, 1e-12);
    }

    [Fact]
    public void A_label_order_says_which_class_an_output_stands_for()
    {
        var score = new ClassificationScore();

        score.Add(new LatencyDecision(0b1, 1, false), [4, 1, 0, 7, 9, 2, 3, 5, 8, 6], label: 4);

        Assert.Equal(1.0, score.AccuracyStrict);
    }

    [Fact]
    public void Scores_add_up()
    {
        var first = new ClassificationScore();
        var second = new ClassificationScore();
        first.Add(new LatencyDecision(1u << 3, 10, false), Order, label: 3);
        second.Add(new LatencyDecision(1u << 3 | 1u << 4, 20, true), Order, label: 4);

        first.Add(second);

        Assert.Equal((1.0, 0.75, 0.5, 15.0, 2L), (first.AccuracyInclusive, first.AccuracyStrict, first.SilentShare, first.MeanDecisionStep, first.Images));
        Assert.Equal(0.5, first.Confusion(4, 3));
    }

    [Fact]
    public void Wilsons_interval_is_the_one_in_the_books()
    {
        // 80 of 100: z² = 3.8415, (0.8 + 0.019207 ± 1.96·√(0.0016 + 0.00009604))/1.038415 = 0.7889 ± 0.0777: 0.7112 to 0.8666.
        (double low, double high) = ShareInterval.Wilson(0.8, 100);

        Assert.Equal((0.7112, 0.8666), (Math.Round(low, 4), Math.Round(high, 4)));
        Assert.Equal(1.0, ShareInterval.Wilson(1.0, 10).High, 1e-12);
    }
}
