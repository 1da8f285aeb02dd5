namespace StereoSpike.Model.Tests.Initialization;

public class SynapticKernelTests
{
    [Theory]
    // τ_m, τ_s, dt in ms, and nine digits of an independent program's sums.
    [InlineData(20, 10, 1, 0.0105083319, 0.00184194808)]
    [InlineData(20, 10, 2, 0.0110333111, 0.00203561065)]
    [InlineData(10, 5, 1, 0.00551665557, 0.00101780533)]
    [InlineData(20, 5, 1, 0.00551665557, 0.000609678289)]
    [InlineData(10, 10, 1, 0.0105083319, 0.00276521213)]
    public void The_closed_form_is_the_sum_of_the_discrete_answer(double membraneMs, double synapseMs, double stepMs, double integral, double squareIntegral)
    {
        NeuronSettings neuron = NeuronSettings.CurrentBased((float)(membraneMs / stepMs), (float)(synapseMs / stepMs));

        SynapticKernel kernel = SynapticKernel.Of(neuron, stepMs / 1000);

        Assert.Equal(integral, kernel.Integral, HalfOfTheNinthDigit(integral));
        Assert.Equal(squareIntegral, kernel.SquareIntegral, HalfOfTheNinthDigit(squareIntegral));
        (double sum, double squares) = Recurrence(membraneMs / stepMs, synapseMs / stepMs, stepMs / 1000);
        Assert.Equal(1, kernel.Integral / sum, 1e-12);
        Assert.Equal(1, kernel.SquareIntegral / squares, 1e-11);
    }

    [Fact]
    public void Nearly_equal_time_constants_lead_to_the_equal_ones()
    {
        SynapticKernel near = SynapticKernel.Of(NeuronSettings.CurrentBased(10f, 10.01f), 1e-3), equal = SynapticKernel.Of(NeuronSettings.CurrentBased(10f, 10f), 1e-3);

        Assert.Equal(equal.SquareIntegral, near.SquareIntegral, 2e-3 * equal.SquareIntegral);   // τ differs by one part in a thousand
    }

    [Theory]
    [InlineData(NeuronKind.CubaLif)]
    [InlineData(NeuronKind.Lif)]
    [InlineData(NeuronKind.Plif)]
    public void An_impulse_measures_what_the_formula_says(NeuronKind kind)
    {
        var neuron = new NeuronSettings { Kind = kind, TauSteps = 7f, SynapticTauSteps = 3f, InputGain = 2f };

        SynapticKernel measured = SynapticKernel.Measure(neuron, 1e-3), exact = SynapticKernel.Of(neuron, 1e-3);

        Assert.Equal(1, measured.Integral / exact.Integral, 1e-5);   // the impulse runs in single precision
        Assert.Equal(1, measured.SquareIntegral / exact.SquareIntegral, 1e-5);
    }

    [Fact]
    public void A_single_step_is_the_gain_alone()
    {
        // PLIF from rest: v = m·σ(w)·x = 10/3·x, whatever comes later.
        var plif = new NeuronSettings { Kind = NeuronKind.Plif, InputGain = 10f, TauSteps = 3f };

        SynapticKernel kernel = SynapticKernel.Within(plif, stepSeconds: 1, steps: 1);

        Assert.Equal((10.0 / 3, 100.0 / 9), (kernel.Integral, kernel.SquareIntegral), new Near(1e-5));
    }

    [Fact]
    public void Without_leak_only_a_window_has_an_end()
    {
        // IF, four steps: the answer is 1 for ever; on average over the window 1 + 3/4 + 2/4 + 1/4 = 2.5 steps of it lie behind.
        var neuron = new NeuronSettings();

        Assert.Equal(2.5, SynapticKernel.Within(neuron, 1, 4).Integral, 1e-6);
        Assert.Contains("never forgets", Assert.Throws<ArgumentException>(() => SynapticKernel.Of(neuron, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_textbook_limit_is_a_fifth_too_small_at_two_millisecond_steps()
    {
        // 20/10 ms: ε̂ = 0.01²/(2·0.03) = 1/600 s, and the discrete sum is 1.221 times that.
        double textbook = SynapticKernel.Continuous(0.02, 0.01).SquareIntegral;

        Assert.Equal(1.0 / 600, textbook, 1e-12);
        Assert.Equal(1.221, SynapticKernel.Of(NeuronSettings.CurrentBased(10f, 5f), 2e-3).SquareIntegral / textbook, 5e-4);
    }

    [Fact]
    public void The_answer_peaks_when_its_slope_is_zero()
    {
        // 10/5 ms: 10·5/5·ln 2 = 6.93 ms; equal constants: τ.
        Assert.Equal(0.01 * Math.Log(2), SynapticKernel.PeakSeconds(NeuronSettings.CurrentBased(10f, 5f), 1e-3), 1e-9);
        Assert.Equal(0.01, SynapticKernel.PeakSeconds(NeuronSettings.CurrentBased(10f, 10f), 1e-3), 1e-9);
    }

    private static double HalfOfTheNinthDigit(double value) => 5.0001e-9 * Math.Pow(10, Math.Floor(Math.Log10(value)));

    private static (double Sum, double Squares) Recurrence(double membraneTau, double synapticTau, double dt)
    {
        double a = Math.Exp(-1 / membraneTau), b = Math.Exp(-1 / synapticTau), u = 0, i = 1, sum = 0, squares = 0;
        for (int n = 0; n < 5000; n++)
        {
            (u, i) = ((a * u) + ((1 - a) * i), b * i);
            sum += u * dt;
            squares += u * u * dt;
        }

        return (sum, squares);
    }

    private sealed class Near(double relative) : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) =>
            Math.Abs(x.Item1 - y.Item1) <= relative * Math.Abs(x.Item1) && Math.Abs(x.Item2 - y.Item2) <= relative * Math.Abs(x.Item2);

        public int GetHashCode((double, double) pair) => 0;
    }
}
