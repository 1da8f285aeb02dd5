using CsCheck;

namespace StereoSpike.Training.Tests.Samples;

public class MvsecSplitTests
{
    [Theory]
    [InlineData(1, 1420 + 1690, 1061)]   // learned from: 160..1579 and 125..1814; tested: 140..1200
    [InlineData(2, 1180 + 1690, 1301)]   // 80..1259 and 125..1814; 120..1420
    [InlineData(3, 1180 + 1420, 1543)]   // 80..1259 and 160..1579; 73..1615
    public void Splits_have_the_published_numbers_of_labels(int split, int training, int tested)
    {
        DataSplit published = MvsecSplit.IndoorFlying(split, ValidationRule.Tulyakov), blocked = MvsecSplit.IndoorFlying(split, ValidationRule.Blocked);

        Assert.Equal(training, published.Parts.Sum(part => part.Training.Count));
        Assert.Equal((200, tested - 200), (published.Parts.Sum(part => part.Validation.Count), published.Parts.Sum(part => part.Test.Count)));
        Assert.Equal((200, tested - 220), (blocked.Parts.Sum(part => part.Validation.Count), blocked.Parts.Sum(part => part.Test.Count)));
        Assert.All([published, blocked], each => Assert.Equal($"indoor_flying{split}", each.Parts.Single(part => part.Test.Count > 0).Recording));
        Assert.All([published, blocked], each => Assert.All(each.Parts, part => Assert.DoesNotContain(part.Test.Labels, part.Validation.Contains)));
    }

    [Fact]
    public void The_validation_labels_are_those_that_python_draws()
    {
        // python3 -c "import random; random.seed(0); l = list(range(140, 1201)); random.shuffle(l); print(l[:10], sum(l[:200]))"
        int[] labels = [.. Enumerable.Range(140, 1061)];
        new PythonRandom(seed: 0).Shuffle(labels);
        Assert.Equal([194, 1061, 877, 165, 419, 539, 588, 308, 401, 283], labels[..10]);
        Assert.Equal(129_489, labels[..200].Sum());

        Assert.Equal(129_489, MvsecSplit.IndoorFlying(1, ValidationRule.Tulyakov).Parts[0].Validation.Labels.Sum());
    }

    [Fact]
    public void A_blocked_validation_keeps_a_second_away_from_the_test()
    {
        DataSplit.Part tested = MvsecSplit.IndoorFlying(1, ValidationRule.Blocked).Parts[0];

        Assert.Equal(("140-339", "360-1200"), (tested.Validation.ToString(), tested.Test.ToString()));
    }

    [Fact]
    public void Sets_of_labels_read_back_from_their_text() =>
        Gen.Int[0, 60].Array[0, 40].Sample(labels => Assert.Equal(labels.Distinct().Order(), LabelSet.Parse(new LabelSet(labels).ToString()).Labels));

    [Theory]
    [InlineData("5-3")]
    [InlineData("-3")]
    [InlineData("a")]
    [InlineData("1-2-3")]
    [InlineData("0-99999999")]
    public void What_is_no_range_is_refused(string text) => Assert.Contains("is no range of labels", Assert.Throws<FormatException>(() => LabelSet.Parse(text)).Message, StringComparison.Ordinal);
}
