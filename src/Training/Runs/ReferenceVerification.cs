using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>Checks the whole trainable engine — forward, loss, penalty, backward — against a reference file.</summary>
public static class ReferenceVerification
{
    private const float PenaltyWeight = 0.5f;   // of the reference's gradients

    /// <summary>Runs the check.</summary>
    /// <exception cref="InvalidDataException">The file is no reference file.</exception>
    public static ReferenceReport Verify(ReferenceFile reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        LibTorch.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        var comparison = new ReferenceComparison(reference);
        using var module = new GraphModule(StereoSpikeNetwork.Build(reference.Settings), reference.Weights);
        using GraphRun run = ModuleComparison.Run(module, reference, comparison);
        Tensor truth = tensor(reference.Truth, [1, 1, reference.Settings.Height, reference.Settings.Width]);
        Tensor loss = PaperLoss.Of(run.Potentials[StereoSpikeNetwork.Readout], truth);
        Tensor penalty = ActivityLoss.Penalty(run, StereoSpikeNetwork.PenalisedNodes);
        (loss + (PenaltyWeight * penalty)).backward();
        return ModuleComparison.Report(run, comparison, loss.item<float>(), penalty.item<float>(), Gradients(module));
    }

    private static Dictionary<string, float[]> Gradients(GraphModule module)
    {
        var gradients = new Dictionary<string, float[]>();
        foreach ((string name, Parameter parameter) in module.Tensors)
        {
            gradients.Add(name, parameter.grad is { } gradient ? gradient.contiguous().data<float>().ToArray() : new float[parameter.numel()]);
        }

        return gradients;
    }
}
