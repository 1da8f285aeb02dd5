using System.CommandLine;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary>Options that change a task's network and training.</summary>
internal static class SeriesOptions
{
    private static readonly Option<int?> Epochs = new("--epochs") { Description = "Passes over the samples." };
    private static readonly Option<int?> Batch = new("--batch") { Description = "Samples a step." };
    private static readonly Option<double?> LearningRate = new("--learning-rate") { Description = "Adam's largest step." };
    private static readonly Option<float?> Penalty = new("--activity-penalty") { Description = "λ of the penalty on spikes." };
    private static readonly Option<float?> Target = new("--activity-target") { Description = "Share of a layer that may fire at a step for nothing, 0 to 1." };
    private static readonly Option<int?> Channels = new("--channels") { Description = "Neurons a band in every layer." };
    private static readonly Option<SeriesReadoutKind?> Readout = new("--readout") { Description = "What the outputs are judged by: mean, max or last potential, count of spikes, first spike." };
    private static readonly Option<string?> Surrogate = new("--surrogate") { Description = "Surrogate gradient, such as sigmoid:10, atan:2 or superspike:20." };
    private static readonly Option<bool> Detach = new("--detach-reset") { Description = "Keep the reset out of the gradient." };
    private static readonly Option<bool> Causal = new("--causal") { Description = "No layer looks into the future." };
    private static readonly Option<bool> Recurrent = new("--recurrent") { Description = "Each layer hears itself." };
    private static readonly Option<float?> Adaptation = new("--adaptation") { Description = "How much firing raises a neuron's own threshold; 0 keeps it." };
    private static readonly Option<int?> Truncate = new("--truncate") { Description = "Gradients go back through time within pieces of so many steps; 0 is all." };

    public static void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Epochs, Batch, LearningRate, Penalty, Target, Channels, Readout, Surrogate, Detach, Causal, Recurrent, Adaptation, Truncate])
        {
            command.Add(option);
        }
    }

    /// <summary>The task's network, with what was asked for changed.</summary>
    public static SeriesSettings Network(ParseResult arguments, SeriesSettings start)
    {
        SeriesReadoutKind readout = arguments.GetValue(Readout) ?? start.Readout;
        return start with
        {
            Readout = readout,
            ReadoutBeta = readout is SeriesReadoutKind.Count or SeriesReadoutKind.First && start.ReadoutBeta == 0f ? 0.7f : start.ReadoutBeta,   // outputs that fire need a memory
            Layers = [.. start.Layers.Select(layer => layer with
            {
                Channels = arguments.GetValue(Channels) ?? layer.Channels,
                Surrogate = arguments.GetValue(Surrogate) ?? layer.Surrogate,
                DetachReset = arguments.GetValue(Detach) || layer.DetachReset,
                Recurrent = arguments.GetValue(Recurrent) || layer.Recurrent,
                Adaptation = arguments.GetValue(Adaptation) ?? layer.Adaptation,
                TruncateSteps = arguments.GetValue(Truncate) ?? layer.TruncateSteps,
                Kernel = layer.Kernel with { Causal = arguments.GetValue(Causal) || layer.Kernel.Causal },
            })],
        };
    }

    /// <summary>The task's training, with what was asked for changed.</summary>
    public static SeriesTrainingSettings Training(ParseResult arguments, SeriesTrainingSettings start) => start with
    {
        Epochs = arguments.GetValue(Epochs) ?? start.Epochs,
        BatchSize = arguments.GetValue(Batch) ?? start.BatchSize,
        LearningRate = arguments.GetValue(LearningRate) ?? start.LearningRate,
        ActivityPenalty = arguments.GetValue(Penalty) ?? start.ActivityPenalty,
        ActivityTarget = arguments.GetValue(Target) ?? start.ActivityTarget,
        Seed = arguments.GetValue(CommonOptions.Seed),
        Threads = Threads(arguments),
    };

    public static int Threads(ParseResult arguments) => arguments.GetValue(CommonOptions.Threads) is > 0 and int threads ? threads : Environment.ProcessorCount;
}
