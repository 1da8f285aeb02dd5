namespace StereoSpike.Model;

/// <summary>What arrives at one neuron of a layer through one connection, per unit weight.</summary>
/// <param name="FanIn">N: synapses of a neuron, those that reach over an edge left out; the mean over the layer.</param>
/// <param name="RateHz">ν: mean of a presynaptic value a step, over dt: spikes a second where values are 0 or 1.</param>
/// <param name="SquareRateHz">ν₂: mean square of a presynaptic value a step, over dt; ν again where values are 0 or 1.</param>
/// <param name="RepeatedFanIn">Σ r² over the distinct presynaptic values, each read r times: N unless a nearest resize repeats them.</param>
public readonly record struct AfferentDrive(double FanIn, double RateHz, double SquareRateHz, double RepeatedFanIn)
{
    /// <summary>N·ν·ε̄, the mean potential that a mean weight of 1 makes.</summary>
    public double MeanGain(SynapticKernel kernel) => FanIn * RateHz * kernel.Integral;

    /// <summary>The variance of the potential for weights of a mean and a deviation: ν₂·ε̂·(N·σ_w² + N_r·μ_w²).</summary>
    public double Variance(double meanWeight, double weightDeviation, SynapticKernel kernel) =>
        SquareRateHz * kernel.SquareIntegral * ((FanIn * weightDeviation * weightDeviation) + (RepeatedFanIn * meanWeight * meanWeight));
}
