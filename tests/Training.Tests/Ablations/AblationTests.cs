using StereoSpike.Tests;
using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Ablations;

[Collection(nameof(OneTorchThread))]
public sealed class AblationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_variant_is_trained_and_scored_once_and_read_the_next_time()
    {
        (TrainingSet training, TrainingSet test) = TinyRun.Samples();
        var study = new AblationStudy(TinyRun.Settings with { Epochs = 1 }, training, test, test, _folder.File("study"));

        AblationScore first = study.Run(AblationVariant.Named("monocular"), seed: 3);
        byte[] weights = File.ReadAllBytes(_folder.File("study/monocular-seed3/weights.safetensors"));
        AblationScore second = study.Run(AblationVariant.Named("monocular"), seed: 3);

        Assert.Equal(first, second);
        Assert.Equal(weights, File.ReadAllBytes(_folder.File("study/monocular-seed3/weights.safetensors")));
        Assert.True(first.MeanDepthErrorCm > 0 && first.FiringRate is > 0 and < 1);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_variant_trains_and_changes_what_it_says(string name)
    {
        (TrainingSet training, TrainingSet test) = TinyRun.Samples(recordings: 2);
        var study = new AblationStudy(TinyRun.Settings with { Epochs = 1, BatchSize = 8 }, training, training, test.Count > 0 ? test : training, _folder.File("study"));

        AblationScore score = study.Run(AblationVariant.Named(name), seed: 1);

        Assert.True(double.IsFinite(score.MeanDepthErrorCm));
        Assert.Equal(name.StartsWith("twin", StringComparison.Ordinal), double.IsNaN(score.FiringRate));
    }

    [Fact]
    public void The_table_shows_means_and_ranges_over_seeds()
    {
        string table = AblationScore.Table(
        [
            new AblationScore("binocular", 1, 40, 1.5, 0.5, 0.1, 30, 1000, 60),
            new AblationScore("binocular", 2, 50, 1.7, 0.6, 0.2, 40, 1000, 62),
            new AblationScore("twin-tanh", 1, 60, 2, 0.25, double.NaN, 55, 1100, 30),
        ]);

        Assert.Contains("| binocular | 45.0 (40.0–50.0) | 1.60 (1.50–1.70) | 55.0 (50.0–60.0) | 15.0 (10.0–20.0) | 35.0 (30.0–40.0) | 1000 | 61 (60–62) | 1, 2 |", table, StringComparison.Ordinal);
        Assert.Contains("| twin-tanh | 60.0 | 2.00 | 25.0 | – | 55.0 | 1100 | 30 | 1 |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void A_score_that_is_no_score_is_refused_by_name()
    {
        (TrainingSet training, TrainingSet test) = TinyRun.Samples(recordings: 2);
        string path = _folder.File("study/binocular-seed1/score.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "{ torn");

        var error = Assert.Throws<InvalidDataException>(() => new AblationStudy(TinyRun.Settings, training, training, test, _folder.File("study")).Run(AblationVariant.Named("binocular"), 1));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Variants => [.. AblationVariant.All.Select(variant => variant.Name)];
}
