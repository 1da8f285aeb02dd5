using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>What a network did: the tensors of its firing, adding and integrating nodes in the last step. Disposing it frees them.</summary>
public sealed class GraphRun : IDisposable
{
    internal GraphRun(IReadOnlyDictionary<string, Tensor> spikes, IReadOnlyDictionary<string, IReadOnlyList<Tensor>> potentials, IReadOnlyDictionary<string, Tensor> analog)
    {
        Spikes = spikes;
        Potentials = potentials;
        Analog = analog;
    }

    /// <summary>Spikes of every firing node, and the sums of every adding node, by name; shape [N,C,H,W].</summary>
    public IReadOnlyDictionary<string, Tensor> Spikes { get; }

    /// <summary>Potentials of every integrator after each of its inputs, by name; each of shape [N,C,H,W].</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Tensor>> Potentials { get; }

    /// <summary>Outputs of nodes that nobody reads and that neither fire nor integrate, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Analog { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Spikes.Values.Concat(Potentials.Values.SelectMany(steps => steps)).Concat(Analog.Values))
        {
            tensor.Dispose();
        }
    }
}
