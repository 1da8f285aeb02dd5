using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>The published constants of S4NN and BS4NN on MNIST, and ours for ramps.</summary>
public static class LatencyPresets
{
    /// <summary>Network and training of a method.</summary>
    /// <remarks>BS4NN's code draws its images with replacement; here every epoch has an order of its own and takes each image once. Its paper trains 200 epochs.</remarks>
    public static (LatencySettings Network, LatencyTrainingSettings Training) For(LatencyMethod method) => method switch
    {
        LatencyMethod.S4nn => (new LatencySettings(), new LatencyTrainingSettings()),
        LatencyMethod.Bs4nn => (
            new LatencySettings { Method = LatencyMethod.Bs4nn, Hidden = 600 },
            new LatencyTrainingSettings { LearningRate = 0.1f, Decay = 0f, Gamma = 1, Epochs = 200, Shuffle = true, DeadShare = 0 }),
        LatencyMethod.Stidi => (
            new LatencySettings { Method = LatencyMethod.Stidi, RampSteps = 128 },
            new LatencyTrainingSettings { LearningRate = 0.05f, Decay = 0f, OutputInitMaximum = 20f, Epochs = 20, ConstantShare = 0.5, Shuffle = true, AverageImages = 55_000 }),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No such method."),
    };

    /// <summary>For a few hundred Fashion-MNIST images. Clothes are larger and brighter than digits: with MNIST's threshold all neurons would fire at once.</summary>
    public static (LatencySettings Network, LatencyTrainingSettings Training) FashionDemo => (
        new LatencySettings { Hidden = 200 },
        new LatencyTrainingSettings { Epochs = 40, LearningRate = 0.1f, ConstantShare = 0.5, Shuffle = true, CalibrationShare = 0.25, AverageImages = 2000, ValidationImages = 0 });
}
