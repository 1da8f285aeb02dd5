using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>What a layer of neurons remembers from one step to the next.</summary>
/// <param name="Potential">Membrane potential, the input's shape.</param>
/// <param name="Current">Synaptic current, the same shape; null for neurons that have none.</param>
internal readonly record struct NeuronState(Tensor Potential, Tensor? Current);
