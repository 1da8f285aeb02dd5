namespace StereoSpike.Model;

/// <summary>One spike of a layer: who fired, and when.</summary>
/// <param name="Time">Step at which it arrives at the next layer.</param>
/// <param name="Neuron">Index of the neuron in its layer.</param>
public readonly record struct TimedSpike(ushort Time, ushort Neuron);
