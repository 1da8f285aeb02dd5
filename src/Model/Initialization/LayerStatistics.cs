namespace StereoSpike.Model;

/// <summary>A firing layer before training: what the theory says of it, and what it does.</summary>
public sealed record LayerStatistics
{
    /// <summary>The firing node's name.</summary>
    public required string Name { get; init; }

    /// <summary>Number of neurons.</summary>
    public required int Neurons { get; init; }

    /// <summary>θ above rest.</summary>
    public required double Threshold { get; init; }

    /// <summary>The connections onto it; empty if it reads something without weights between.</summary>
    public required IReadOnlyList<AfferentStatistics> Afferents { get; init; }

    /// <summary>μ_U by the theory, from the weights and rates as they are; NaN without connections.</summary>
    public required double PredictedMeanPotential { get; init; }

    /// <summary>Mean of the free potential.</summary>
    public required double MeasuredMeanPotential { get; init; }

    /// <summary>σ_U by the theory; NaN without connections.</summary>
    public required double PredictedDeviation { get; init; }

    /// <summary>σ_U of the free potential.</summary>
    public required double MeasuredDeviation { get; init; }

    /// <summary>In sequences, the deviation over neurons of their mean potentials, which the theory leaves out; NaN with one step.</summary>
    public required double Spread { get; init; }

    /// <summary>Share of neurons that fire in a step, 0..1.</summary>
    public required double RatePerStep { get; init; }

    /// <summary>Spikes a neuron and second.</summary>
    public required double RateHz { get; init; }

    /// <summary>Share of neurons that never fire, 0..1.</summary>
    public required double SilentShare { get; init; }

    /// <summary>Share of neurons that fire in more than half of all steps, 0..1.</summary>
    public required double SaturatedShare { get; init; }

    /// <summary>Share of potentials within 1/α of the threshold, inside the surrogate gradient's support, 0..1.</summary>
    public required double SupportShare { get; init; }

    /// <summary>N: synapses of a neuron, over all connections.</summary>
    public double FanIn => Afferents.Sum(afferent => afferent.Drive.FanIn);

    /// <summary>ν: presynaptic rate, Hz, over all synapses; NaN without connections.</summary>
    public double PresynapticRateHz => Weighted(afferent => afferent.Drive.RateHz);

    /// <summary>μ_w over all synapses; NaN without connections.</summary>
    public double MeanWeight => Weighted(afferent => afferent.Moments.Mean);

    /// <summary>σ_w over all synapses, the mean within connections; NaN without connections.</summary>
    public double WeightDeviation => Math.Sqrt(Weighted(afferent => afferent.Moments.Deviation * afferent.Moments.Deviation));

    /// <summary>ξ by the theory.</summary>
    public double PredictedXi => (Threshold - PredictedMeanPotential) / PredictedDeviation;

    /// <summary>ξ of the free potential.</summary>
    public double MeasuredXi => (Threshold - MeasuredMeanPotential) / MeasuredDeviation;

    private double Weighted(Func<AfferentStatistics, double> value) => Afferents.Sum(afferent => afferent.Drive.FanIn * value(afferent)) / FanIn;
}
