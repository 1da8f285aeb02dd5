namespace StereoSpike.Hardware;

/// <summary>What a network does and would cost in one frame, at the firing rates that were counted.</summary>
/// <param name="Layers">Its layers, in the network's order.</param>
/// <param name="MeanFiringRate">Share of all neurons that fired, 0..1.</param>
public sealed record EnergyReport(IReadOnlyList<LayerEnergy> Layers, double MeanFiringRate)
{
    // Published costs of one operation on real chips; ours are the counts, and no chip was run.
    // Loihi: Davies et al., "Loihi: A Neuromorphic Manycore Processor with On-Chip Learning", IEEE Micro 38(1), 2018 (14 nm).
    private const double LoihiSynapticJoules = 23.6e-12, LoihiNeuronJoules = 81e-12;

    /// <summary>Effective ACs and MACs.</summary>
    public double SynapticOperations => Layers.Sum(layer => layer.Accumulates + layer.Multiplies);

    /// <summary>Neurons that were worked out.</summary>
    public double NeuronUpdates => Layers.Sum(layer => layer.NeuronUpdates);

    /// <summary>The literature's proxy: operations alone.</summary>
    public double JoulesOperations => Layers.Sum(layer => layer.JoulesOperations);

    /// <summary>Operations and memory.</summary>
    public double JoulesWithMemory => Layers.Sum(layer => layer.JoulesWithMemory);

    /// <summary>The equally quantised dense network, operations alone.</summary>
    public double JoulesTwinOperations => Layers.Sum(layer => layer.JoulesTwinOperations);

    /// <summary>The equally quantised dense network, operations and memory.</summary>
    public double JoulesTwin => Layers.Sum(layer => layer.JoulesTwin);

    /// <summary>Counts times what Loihi's makers published for an operation: an estimate, not a measurement.</summary>
    public double JoulesAtLoihisPublishedCosts => (SynapticOperations * LoihiSynapticJoules) + (NeuronUpdates * LoihiNeuronJoules);

    /// <summary>Firing rate below which the spiking network, with memory, costs less than its dense twin; null if at no rate: what does not depend on its spikes costs more already.</summary>
    /// <remarks>The costs that spikes cause are taken to grow in proportion to them: r · (twin − fixed) / (spikes' part).</remarks>
    public double? BreakEvenRate
    {
        get
        {
            double spikes = Layers.Sum(layer => layer.JoulesOfSpikes), left = JoulesTwin - (JoulesWithMemory - spikes);
            return left > 0 && spikes > 0 ? Math.Min(1, MeanFiringRate * left / spikes) : null;
        }
    }
}
