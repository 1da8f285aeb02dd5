using StereoSpike.Files;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training.Tests.Runs;

/// <summary>A training run of a second or so, and what it left in its folder.</summary>
internal static class TinyRun
{
    public static readonly TrainingSettings Settings = new()
    {
        Network = new StereoSpikeSettings { Width = 32, Height = 24, Channels = 1.0 / 16, Unit = DepthUnit.DisparityPx, Neuron = NeuronKind.Plif, InputGain = 10f },
        Epochs = 6,
        BatchSize = 2,
        LearningRate = 2e-3,
        Schedule = ScheduleKind.LinearTail,
        ClipNorm = 5,
        PenaltyWeight = 0.1f,
        ValidationShare = 0.2,
        Augmentation = new AugmentationSettings { VerticalFlip = 0.5, HorizontalFlip = 0.5, EventDrop = 0.3, ShiftPx = 2, RowJitterPx = 1, ClockJitterUs = 2_000 },
    };

    /// <summary>Four recordings to learn from, 16 samples or 8 batches, and one to validate on.</summary>
    public static (TrainingSet Training, TrainingSet Validation) Samples(int recordings = 5) =>
        TrainingSet.Load([.. Enumerable.Range(0, recordings).Select(seed => (Func<DotRecording>)(() => new DotRecording(seed)))], Settings);

    public static EpochFigures? Start(string folder, TrainingSettings? settings = null, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        (TrainingSet training, TrainingSet validation) = Samples();
        using Trainer trainer = Trainer.Start(settings ?? Settings, training, validation, folder, progress);
        return trainer.Run(cancellation);
    }

    public static EpochFigures? Resume(string folder)
    {
        (TrainingSet training, TrainingSet validation) = Samples();
        using Trainer trainer = Trainer.Resume(Checkpoint.Load(LastOf(folder)), training, validation, folder);
        return trainer.Run();
    }

    public static string LastOf(string folder) => Path.Combine(folder, Trainer.LastCheckpoint);

    /// <summary>All that must be the same whatever happened on the way: the log without its seconds, the weights, the optimiser's moments, and the best weights.</summary>
    public static void AssertSame(string expected, string found)
    {
        Assert.Equal(Log(expected), Log(found));
        Assert.Equal(File.ReadAllLines(Path.Combine(expected, RunLog.LayersFile)), File.ReadAllLines(Path.Combine(found, RunLog.LayersFile)));
        Assert.Equal(Events(expected), Events(found));
        AssertSameTensors(Checkpoint.Load(LastOf(expected)).Tensors, Checkpoint.Load(LastOf(found)).Tensors);
        AssertSameTensors(Best(expected), Best(found));

        static IReadOnlyDictionary<string, WeightTensor> Best(string folder) => StereoSpikeWeights.Load(Path.Combine(folder, Trainer.BestWeights)).Tensors;
    }

    public static string[] Log(string folder) => [.. File.ReadAllLines(Path.Combine(folder, "log.csv")).Select(line => line[..line.LastIndexOf(',')])];

    /// <summary>Step, tags and values of a run's TensorBoard file, without the figure that is a time; read with the classes that TorchSharp ships for that format.</summary>
    public static IReadOnlyList<(long Step, string Tag, float Value)> Events(string folder) =>
    [
        .. TensorBoardFile.Records(Path.Combine(folder, RunLog.EventsFile)).Select(Tensorboard.Event.Parser.ParseFrom)
            .Where(record => record.Summary is not null)
            .SelectMany(record => record.Summary.Value.Select(value => (record.Step, value.Tag, value.SimpleValue)))
            .Where(value => value.Tag != "run/seconds"),
    ];

    private static void AssertSameTensors(IReadOnlyDictionary<string, WeightTensor> expected, IReadOnlyDictionary<string, WeightTensor> found)
    {
        Assert.Equal(expected.Keys, found.Keys);
        Assert.All(expected, pair => Assert.Equal(pair.Value.Values.Select(BitConverter.SingleToInt32Bits), found[pair.Key].Values.Select(BitConverter.SingleToInt32Bits)));
    }
}
