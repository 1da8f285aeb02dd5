namespace StereoSpike.Model;

/// <summary>Where the presynaptic rate ν comes from.</summary>
public enum PresynapticRate
{
    /// <summary>Measured for each connection on the batch, with the layers before it initialised already. Nobody has to guess, and depth does not add up errors.</summary>
    PerLayer,

    /// <summary>Measured on the network's input and taken for every layer.</summary>
    FromInput,

    /// <summary>Given, and taken for every layer: the paper's and stork's way.</summary>
    Global,
}

/// <summary>How drawn weights are corrected on the batch.</summary>
public enum FluctuationCalibration
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each layer's weights are scaled until its measured σ_U is the target.</summary>
    Deviation,

    /// <summary>Each layer's weights are scaled, by bisection, until it fires at <see cref="FluctuationSettings.RateHz"/>.</summary>
    Rate,
}

/// <summary>How <see cref="FluctuationInitialization"/> draws weights.</summary>
public sealed record FluctuationSettings
{
    /// <summary>μ_U and σ_U of every layer.</summary>
    public FluctuationTargets Targets { get; init; } = FluctuationTargets.Default;

    /// <summary>μ_U and σ_U of single layers, by the firing node's name.</summary>
    public IReadOnlyDictionary<string, FluctuationTargets> LayerTargets { get; init; } = new Dictionary<string, FluctuationTargets>();

    /// <summary>How weights are distributed.</summary>
    public WeightDistribution Distribution { get; init; } = WeightDistribution.Normal;

    /// <summary>dt, s, greater than 0. Networks of one step may take 1: rates are then shares.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double StepSeconds { get; init => field = Guard.Above(value, 0.0); } = 1e-3;

    /// <summary>Where ν comes from.</summary>
    public PresynapticRate Rate { get; init; } = PresynapticRate.PerLayer;

    /// <summary>ν, Hz, greater than 0, where it is given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double GlobalRateHz { get; init => field = Guard.Above(value, 0.0); } = 10;

    /// <summary>Whether measured rates are averaged only where something arrives: with one step over neurons that see any value but 0, in sequences from each sample's first active step
    /// to its last.</summary>
    public bool ActiveOnly { get; init; }

    /// <summary>Whether the variance of measured inputs is that of bins (ν₂ − ν²·dt) and not that of a Poisson process: a bin holds one spike at most.</summary>
    public bool BinnedInputs { get; init; }

    /// <summary>α: share of a layer's variance that its feed-forward connections make where it has recurrent ones, in (0, 1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside [0.001, 0.999].</exception>
    public double FeedforwardShare { get; init => field = Guard.Within(value, 0.001, 0.999); } = 0.9;

    /// <summary>Relative shares of the variance by the name of the connection's linear or convolution node, over the equal split; those of a layer are scaled to a sum of 1.</summary>
    public IReadOnlyDictionary<string, double> Shares { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether a layer's connections share its variance. Without, each is drawn as if it were alone, and their variances add: the control that shows what sharing is for. Balanced layers (Dale's law) always share.</summary>
    public bool SplitVariance { get; init; } = true;

    /// <summary>Whether each neuron's weights get exactly the mean μ_w, which takes the spread of mean potentials away. Safe only with ν per layer or a calibration: with a wrong ν, activity dies out with depth.</summary>
    public bool CentreRows { get; init; }

    /// <summary>How weights are corrected after the draw.</summary>
    public FluctuationCalibration Calibration { get; init; }

    /// <summary>Firing rate that <see cref="FluctuationCalibration.Rate"/> aims at, Hz, greater than 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double RateHz { get; init => field = Guard.Above(value, 0.0); } = 10;

    /// <summary>Firing rates of single layers, Hz, over <see cref="RateHz"/>.</summary>
    public IReadOnlyDictionary<string, double> LayerRatesHz { get; init; } = new Dictionary<string, double>();

    /// <summary>Share of connections that exist, in (0, 1]; the others' weights are 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside (0, 1].</exception>
    public double Connectivity { get; init => field = Guard.Within(Guard.Above(value, 0.0), 0.0, 1.0); } = 1;

    /// <summary>Seed of the draws; the same seed gives the same weights.</summary>
    public int Seed { get; init; } = 1;
}
