using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Settings by name.</summary>
public static class TrainingPresets
{
    private static readonly StereoSpikeSettings Small = new()
    {
        Kind = ConvolutionKind.Separable,
        Channels = 0.25,
        Downsample = 2,
        Unit = DepthUnit.DisparityPx,
    };

    private static readonly AugmentationSettings StereoAugmentation = new()
    {
        VerticalFlip = 0.5,
        EventDrop = 0.4,
        ShiftPx = 5,
        RowJitterPx = 1,
        ClockJitterUs = 5_000,
    };

    private static readonly Dictionary<string, (string Purpose, TrainingSettings Settings)> Presets = new()
    {
        ["sim-small"] = ("a quarter of the channels at half resolution, for simulated scenes and two cores", Fast(Small)),
        ["davis240"] = ("sim-small for 240×180 cameras, windows of 150 ms of sparse events, and per-event truth", Fast(Small with { Width = 240, Height = 180, WindowUs = 150_000 }) with { EdgeWeight = 0 }),
        ["sim-full"] = ("all channels at full resolution, separable, for simulated scenes and a day of computing", Fast(Small with { Channels = 1, Downsample = 1 }) with { LearningRate = 5e-4, Epochs = 20 }),
        ["sim-bench"] = ("a quarter of the channels at 120×90, the size of the benchmark set: minutes on one core", Fast(Small with { Width = 120, Height = 90, Downsample = 1 }) with { Epochs = 2, EdgeWeight = 0 }),
        ["mvsec-journal"] = ("the separable network of IEEE Access 2022 with the schedule of its code, for MVSEC: PLIF, m = 10, spike penalty", new TrainingSettings
        {
            Network = new StereoSpikeSettings { Kind = ConvolutionKind.Separable, Neuron = NeuronKind.Plif, InputGain = 10f },
            Epochs = 70,
            Loss = LossKind.Paper,
            PenaltyWeight = 0.5f,
            RateFloorWeight = 0,
            Augmentation = new AugmentationSettings { HorizontalFlip = 0.5, TimeMirror = 0.5 },
        }),
        ["mvsec-paper"] = ("the dense network, loss and schedule of arXiv:2109.13751v2, for MVSEC", new TrainingSettings
        {
            Network = new StereoSpikeSettings { Neuron = NeuronKind.Plif, InputGain = 10f },
            Epochs = 70,
            Loss = LossKind.Paper,
            RateFloorWeight = 0,
        }),
    };

    /// <summary>Each preset's name and what it is for.</summary>
    public static IReadOnlyDictionary<string, string> Purposes => Presets.ToDictionary(pair => pair.Key, pair => pair.Value.Purpose);

    /// <summary>The settings of a name.</summary>
    /// <exception cref="ArgumentException">There are none of that name; the message lists what there is.</exception>
    public static TrainingSettings Named(string name) => Presets.TryGetValue(name, out (string Purpose, TrainingSettings Settings) preset)
        ? preset.Settings
        : throw new ArgumentException($"\"{name}\" is no preset; known are {string.Join(", ", Presets.Keys)}.");

    private static TrainingSettings Fast(StereoSpikeSettings network) => new()
    {
        Network = network,
        Epochs = 6,
        BatchSize = 4,
        LearningRate = 1.5e-3,
        Schedule = ScheduleKind.LinearTail,
        ClipNorm = 5,
        Augmentation = StereoAugmentation,
    };
}
