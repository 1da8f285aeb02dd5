using CsCheck;

namespace StereoSpike.Model.Tests.Initialization;

public class WeightMomentsTests
{
    // 20/10 ms at 2 ms steps, 700 inputs at 15.8 Hz: the paper's first layer.
    private static readonly SynapticKernel Kernel = SynapticKernel.Of(NeuronSettings.CurrentBased(10f, 5f), 2e-3);

    [Theory]
    [InlineData(700, 0.210754)]   // 1/√(700·15.8·0.00203561)
    [InlineData(128, 0.492855)]   // 1/√(128·15.8·0.00203561)
    public void Centred_weights_are_as_wide_as_the_papers(int fanIn, double expected)
    {
        WeightMoments moments = Solve(new FluctuationTargets(0, 1), new AfferentDrive(fanIn, 15.8, 15.8, fanIn));

        Assert.Equal(0, moments.Mean);
        Assert.Equal(expected, moments.Deviation, 5e-7);
    }

    [Fact]
    public void The_moments_lead_back_to_their_targets()
    {
        Gen.Select(Gen.Double[-0.5, 0.5], Gen.Double[1, 3], Gen.Int[50, 2000], Gen.Double[5, 50], Gen.Double[0.05, 0.95]).Sample((mu, xi, n, rate, share) =>
        {
            AfferentDrive first = new(n, rate, rate, n), second = new(2.0 * n, rate / 2, rate, 3.0 * n);
            FluctuationTargets targets = FluctuationTargets.OfXi(mu, xi);
            WeightMoments[] solved;
            try
            {
                solved = WeightMoments.Solve("layer", targets, [first, second], [share, 1 - share], Kernel);
            }
            catch (ArgumentException)
            {
                return;   // infeasible draws have a test of their own
            }

            double meanPotential = (n * rate * solved[0].Mean * Kernel.Integral) + (2 * n * rate / 2 * solved[1].Mean * Kernel.Integral);
            double one = first.Variance(solved[0].Mean, solved[0].Deviation, Kernel), two = second.Variance(solved[1].Mean, solved[1].Deviation, Kernel);
            Assert.Equal(mu, meanPotential, 1e-9);
            Assert.Equal(xi, (1 - mu) / Math.Sqrt(one + two), 1e-9);
            Assert.Equal(share, one / (one + two), 1e-9);
        });
    }

    [Fact]
    public void A_target_that_the_mean_alone_overshoots_is_refused_with_the_feasible_range()
    {
        // μ_U = 0.5, ξ = 3: σ_U = 1/6. N = 10 at 10 Hz: μ_w = 0.5/(100·ε̄) and σ of the mean alone μ_w·√(100·ε̂) = 0.5·√ε̂/(10·ε̄) = 0.2045.
        double byMean = 0.5 * Math.Sqrt(Kernel.SquareIntegral) / (10 * Kernel.Integral);

        var error = Assert.Throws<ArgumentException>(() => Solve(FluctuationTargets.OfXi(0.5, 3), new AfferentDrive(10, 10, 10, 10)));

        Assert.Equal(0.2045, byMean, 1e-4);
        Assert.Contains("μ_U = 0.5 with σ_U = 0.1667 cannot be reached with N = 10 and ν = 10 Hz", error.Message, StringComparison.Ordinal);
        Assert.Contains("alone makes fluctuations of 0.2045", error.Message, StringComparison.Ordinal);
        Solve(new FluctuationTargets(0.5, byMean * 1.0001), new AfferentDrive(10, 10, 10, 10));   // the range that the message names is feasible
    }

    [Fact]
    public void Silence_is_refused_by_the_layers_name()
    {
        var error = Assert.Throws<ArgumentException>(() => Solve(FluctuationTargets.Default, new AfferentDrive(10, 0, 0, 10)));

        Assert.StartsWith("Layer layer: nothing arrives by connection 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WeightDistribution.Exponential, 40)]
    [InlineData(WeightDistribution.Exponential, 0)]
    [InlineData(WeightDistribution.LogNormal, 40)]
    [InlineData(WeightDistribution.LogNormal, 0)]
    public void Under_Dales_law_excitation_and_inhibition_cancel_and_the_variance_is_shared_as_asked(WeightDistribution distribution, int recurrent)
    {
        AfferentDrive f = new(100, 12, 12, 100), r = new(recurrent, 8, 8, recurrent), i = new(32, 9, 9, 32);

        DaleBalance balance = DaleBalance.Solve("layer", distribution, 0.8, 0.9, [f], recurrent > 0 ? [r] : [], [i], Kernel);

        (double Mean, double Square) Moments(double parameter) => distribution == WeightDistribution.Exponential
            ? (1 / parameter, 2 / (parameter * parameter))
            : (Math.Exp(parameter + 0.5), Math.Exp((2 * parameter) + 2));
        (double fMean, double fSquare) = Moments(balance.Feedforward);
        (double rMean, double rSquare) = recurrent > 0 ? Moments(balance.Recurrent) : (0, 0);
        (double iMean, double iSquare) = Moments(balance.Inhibitory);
        double Variance(AfferentDrive drive, double square) => drive.FanIn * drive.RateHz * square * Kernel.SquareIntegral;
        Assert.Equal(i.MeanGain(Kernel) * iMean, (f.MeanGain(Kernel) * fMean) + (r.MeanGain(Kernel) * rMean), 1e-9);
        Assert.Equal(0.64, Variance(f, fSquare) + Variance(r, rSquare) + Variance(i, iSquare), 1e-9);
        if (recurrent > 0)
        {
            Assert.Equal(0.9, Variance(f, fSquare) / (Variance(f, fSquare) + Variance(r, rSquare)), 1e-9);
        }
    }

    [Theory]
    [InlineData(WeightDistribution.Normal)]
    [InlineData(WeightDistribution.Uniform)]
    public void Drawn_weights_have_the_moments_asked_for(WeightDistribution distribution)
    {
        var weights = new float[40_000];
        WeightDraws.Fill(new Random(3), weights, distribution, new WeightMoments(0.2, 0.5));

        double mean = weights.Average(w => (double)w), deviation = Math.Sqrt(weights.Average(w => (w - mean) * (w - mean)));
        Assert.Equal(0.2, mean, 0.01);   // four standard errors
        Assert.Equal(0.5, deviation, 0.01);
        Assert.Equal(distribution == WeightDistribution.Uniform, weights.Max() < 0.2 + (0.5 * Math.Sqrt(3)) + 1e-6);
    }

    [Fact]
    public void One_signed_weights_have_the_means_of_their_formulas()
    {
        float[] exponential = new float[40_000], logNormal = new float[40_000];
        WeightDraws.FillExponential(new Random(3), exponential, 4);
        WeightDraws.FillLogNormal(new Random(3), logNormal, -1);

        Assert.Equal(0.25, exponential.Average(), 0.005f);
        Assert.Equal(Math.Exp(-0.5), logNormal.Average(), 0.02f);
        Assert.True(exponential.Min() >= 0 && logNormal.Min() > 0);
        Assert.Throws<ArgumentException>(() => WeightDraws.Fill(new Random(3), exponential, WeightDistribution.Exponential, new WeightMoments(0, 1)));
    }

    [Fact]
    public void Centred_rows_have_the_mean_exactly_and_thinned_ones_keep_their_zeros()
    {
        var weights = new float[8 * 50];
        WeightDraws.Fill(new Random(5), weights, WeightDistribution.Normal, new WeightMoments(0.3, 1));
        WeightDraws.Thin(new Random(6), weights, 0.4);
        bool[] zero = [.. weights.Select(w => w == 0f)];

        WeightDraws.CentreRows(weights, 50, 0.1);

        Assert.Equal(zero, weights.Select(w => w == 0f));
        Assert.InRange(zero.Count(z => z), 200, 280);   // 240 expected, a deviation of 10
        Assert.All(weights.Chunk(50), row => Assert.Equal(0.1, row.Where(w => w != 0f).Average(), 1e-5));
    }

    private static WeightMoments Solve(FluctuationTargets targets, AfferentDrive drive) => WeightMoments.Solve("layer", targets, [drive], [1], Kernel)[0];
}
