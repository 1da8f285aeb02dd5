using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Distributed;

/// <summary>Runs that ranks share, by name. 16 samples in batches of 5 end each epoch in a batch of a single one, of which all ranks but one have nothing.</summary>
internal static class RankedRuns
{
    private static readonly TrainingSettings Base = TinyRun.Settings with
    {
        Epochs = 1,
        BatchSize = 5,
        PenaltyWeight = 0.5f,
        TargetRate = 0.02f,
        TargetRateWeight = 1f,
        RateFloorWeight = 1f,
        RateFloor = 0.2f,
        EdgeWeight = 0.15f,
        ClipNorm = 0.5,
        AverageDecay = 0.9,
    };

    public static readonly IReadOnlyDictionary<string, TrainingSettings> Settings = new Dictionary<string, TrainingSettings>
    {
        ["all-terms"] = Base with { Epochs = 2 },
        ["paper"] = Base with
        {
            Loss = LossKind.Paper,
            Network = Base.Network with { Kind = ConvolutionKind.Separable },
            LayerPenalties = new Dictionary<string, float> { ["bottom"] = 0.3f },
            AccumulatedBatches = 3,
        },
        ["rounded"] = Base with { WeightBits = 8 },
        ["twin"] = Base with { Network = Base.Network with { Twin = ActivationKind.Tanh }, LearningRate = 1e-6 },
    };
}
