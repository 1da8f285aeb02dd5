namespace StereoSpike.Model.Tests.Initialization;

public class InitializationRecipeTests
{
    [Fact]
    public void A_recipe_is_read_with_its_settings()
    {
        FluctuationSettings settings = Parse("fluctuation:mu=0.2,xi=2,nu=15.8,centre=true,calibrate=20,distribution=uniform,alpha=0.8,connectivity=0.5,active=true").Settings;

        // σ_U = (1 - 0.2)/2.
        Assert.Equal(new FluctuationTargets(0.2, 0.4), settings.Targets);
        Assert.Equal((PresynapticRate.Global, 15.8), (settings.Rate, settings.GlobalRateHz));
        Assert.Equal((FluctuationCalibration.Rate, 20.0), (settings.Calibration, settings.RateHz));
        Assert.Equal((true, true, WeightDistribution.Uniform), (settings.CentreRows, settings.ActiveOnly, settings.Distribution));
        Assert.Equal((0.8, 0.5, 7, 2e-3), (settings.FeedforwardShare, settings.Connectivity, settings.Seed, settings.StepSeconds));
    }

    [Theory]
    [InlineData("default", InitializationKind.Default)]
    [InlineData("He", InitializationKind.He)]
    [InlineData("kaiming", InitializationKind.Kaiming)]
    [InlineData("fluctuation", InitializationKind.Fluctuation)]
    public void Families_are_known_by_name(string text, InitializationKind kind) => Assert.Equal(kind, Parse(text).Kind);

    [Theory]
    [InlineData("xavier", "\"xavier\" is no initialisation; known are default, kaiming")]
    [InlineData("he:sigma=1", "he takes no settings.")]
    [InlineData("fluctuation:sigma", "\"sigma\" is no setting of an initialisation")]
    [InlineData("fluctuation:sigma=x", "sigma=x is no number.")]
    [InlineData("fluctuation:depth=3", "fluctuation has no setting \"depth\"")]
    [InlineData("fluctuation:centre=maybe", "centre=maybe: take true or false.")]
    [InlineData("fluctuation:distribution=cauchy", "\"cauchy\" is no distribution of weights; known are normal, uniform, exponential, lognormal.")]
    public void Mistakes_are_told_with_what_is_known(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static InitializationRecipe Parse(string text) => InitializationRecipe.Parse(text, stepSeconds: 2e-3, seed: 7);
}
