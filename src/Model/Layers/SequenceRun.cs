using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>What a network did over a whole sequence; all tensors of shape [N,T,C,H,W]. Disposing it frees them.</summary>
public sealed class SequenceRun : IDisposable
{
    internal SequenceRun(IReadOnlyDictionary<string, Tensor> spikes, IReadOnlyDictionary<string, Tensor> potentials, IReadOnlyDictionary<string, Tensor> analog)
    {
        Spikes = spikes;
        Potentials = potentials;
        Analog = analog;
    }

    /// <summary>Spikes of every firing node, and the sums of every adding node, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Spikes { get; }

    /// <summary>Potentials of every integrator by name: after all of a step's inputs for those without leak, U[n] for leaky ones.</summary>
    public IReadOnlyDictionary<string, Tensor> Potentials { get; }

    /// <summary>Outputs of nodes that nobody reads and that neither fire nor integrate, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Analog { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Spikes.Values.Concat(Potentials.Values).Concat(Analog.Values))
        {
            tensor.Dispose();
        }
    }
}
