using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>One change to a network or its training, to be compared with the network unchanged.</summary>
/// <param name="Name">Short, as on the command line.</param>
/// <param name="Purpose">What it is, in a few words.</param>
/// <param name="Apply">Changes the settings.</param>
public sealed record AblationVariant(string Name, string Purpose, Func<TrainingSettings, TrainingSettings> Apply)
{
    /// <summary>All variants; the first is the network unchanged.</summary>
    public static IReadOnlyList<AblationVariant> All { get; } =
    [
        new("binocular", "the network unchanged", settings => settings),
        new("monocular", "the left camera alone", settings => WithEncoder(settings, EncoderCatalogue.Monocular(settings.Network.Encoder))),
        new("coincidence", "with the coincidence front end", settings => WithEncoder(settings, "coincidence:disparities=20,step=1")),
        new("dense", "dense 5×5 convolutions", Network(network => network with { Kind = ConvolutionKind.Dense })),
        new("lif", "LIF neurons, τ = 3, m = 3", Network(network => network with { Neuron = NeuronKind.Lif, InputGain = 3f })),
        new("plif", "PLIF neurons, τ₀ = 3, m = 10", Network(network => network with { Neuron = NeuronKind.Plif, InputGain = 10f })),
        new("twin-sigmoid", "analog twin, sigmoid", Twin(ActivationKind.Sigmoid)),
        new("twin-tanh", "analog twin, tanh", Twin(ActivationKind.Tanh)),
        new("twin-leakyrelu", "analog twin, leaky ReLU", Twin(ActivationKind.LeakyRelu)),
        new("heads-1", "the finest head alone", Network(network => network with { Heads = [1] })),
        new("heads-1-2", "two heads", Network(network => network with { Heads = [1, 2] })),
        new("heads-1-2-3", "three heads", Network(network => network with { Heads = [1, 2, 3] })),
        new("no-skips", "no skip connections", Network(network => network with { Skips = false })),
        new("half-width", "half as many channels", Network(network => network with { Channels = network.Channels / 2 })),
        new("penalty-0.1", "spike penalty β = 0.1", settings => settings with { PenaltyWeight = 0.1f, RateFloor = 0.01f }),
        new("penalty-0.5", "spike penalty β = 0.5", settings => settings with { PenaltyWeight = 0.5f, RateFloor = 0.01f }),
        new("penalty-2", "spike penalty β = 2", settings => settings with { PenaltyWeight = 2f, RateFloor = 0.01f }),
        new("target-5", "paying above a mean rate of 5 %", settings => settings with { TargetRate = 0.05f, RateFloor = 0.01f }),
        new("paper-loss", "the paper's loss, depth in metres", settings => settings with { Loss = LossKind.Paper, Network = settings.Network with { Unit = DepthUnit.Metres } }),
        new("log-depth", "logarithm of depth as the answer", Network(network => network with { Unit = DepthUnit.LogMetres })),
        new("metres", "depth in metres as the answer", Network(network => network with { Unit = DepthUnit.Metres })),
        new("start-default", "PLIF from PyTorch's start, m = 1", Start("default", inputGain: 1f)),
        new("start-m10", "PLIF from PyTorch's start, m = 10", Start("default", inputGain: 10f)),
        new("start-rates", "PLIF from PyTorch's start scaled to firing rates, m = 1", Start(TrainingSettings.ScaledRates, inputGain: 1f)),
        new("start-fluctuation", "PLIF from a fluctuation-driven start, m = 1", Start("fluctuation:sigma=0.8", inputGain: 1f)),
        new("start-calibrated", "PLIF from a fluctuation-driven start calibrated to 10 % firing, m = 1", Start("fluctuation:calibrate=0.1", inputGain: 1f)),
    ];

    /// <summary>A variant by name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists what there is.</exception>
    public static AblationVariant Named(string name) => All.FirstOrDefault(variant => variant.Name == name)
        ?? throw new ArgumentException($"\"{name}\" is no variant; known are {string.Join(", ", All.Select(variant => variant.Name))}.", nameof(name));

    private static Func<TrainingSettings, TrainingSettings> Network(Func<StereoSpikeSettings, StereoSpikeSettings> change) => settings => settings with { Network = change(settings.Network) };

    private static Func<TrainingSettings, TrainingSettings> Twin(ActivationKind kind) => Network(network => network with { Twin = kind });

    private static Func<TrainingSettings, TrainingSettings> Start(string initialization, float inputGain) => settings => settings with
    {
        Initialization = initialization,
        Network = settings.Network with { Neuron = NeuronKind.Plif, InputGain = inputGain },
    };

    private static TrainingSettings WithEncoder(TrainingSettings settings, string encoder) => settings with
    {
        Network = settings.Network with { Encoder = encoder, InputChannels = EncoderCatalogue.Create(encoder).Channels },
    };
}
