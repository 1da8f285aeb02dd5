using StereoSpike.Model;
using static TorchSharp.torch;

namespace StereoSpike.Readout;

/// <summary>Compares the trainable engine with a reference file.</summary>
public static class ModuleComparison
{
    /// <summary>Runs a module on the reference's input; where a layer's spikes differ it goes on with the reference's spikes and its own gradient.</summary>
    /// <param name="module">The network, with the reference's weights.</param>
    /// <param name="reference">Another framework's answers.</param>
    /// <param name="comparison">Is shown each firing layer.</param>
    /// <returns>The run, with its gradients; the caller disposes it.</returns>
    public static GraphRun Run(GraphModule module, ReferenceFile reference, ReferenceComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(comparison);
        StereoSpikeSettings settings = reference.Settings;
        using Tensor input = tensor(reference.Input, [1, settings.InputChannels, settings.Height, settings.Width]);
        return module.Run([input], afterFiring: Compared);

        Tensor Compared(GraphNode node, Tensor current, Tensor spikes)
        {
            var firing = (FiringOperation)node.Operation;
            float charge = firing.Neuron.InputGain * IntegrateAndFire.Leak(firing.Neuron, firing.LeakWeight is null ? 0f : module.Tensors[firing.LeakWeight].item<float>());
            float[] potentials = [.. current.data<float>().Select(x => x * charge)];
            if (comparison.Compare(node, potentials, spikes.data<float>().ToArray()) is not { } expected)
            {
                return spikes;
            }

            using Tensor wanted = tensor(expected, spikes.shape);
            return spikes + (wanted - spikes).detach();
        }
    }

    /// <summary>Compares the rest of a module's run: see <see cref="ReferenceComparison.Report"/>.</summary>
    public static ReferenceReport Report(
        GraphRun run, ReferenceComparison comparison, double? loss = null, double? penalty = null, IReadOnlyDictionary<string, float[]>? gradients = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(comparison);
        return comparison.Report(
            node => run.Spikes[node].data<float>().ToArray(),
            [.. run.Potentials[StereoSpikeNetwork.Readout].Select(potential => potential.data<float>().ToArray())],
            loss, penalty, gradients);
    }
}
