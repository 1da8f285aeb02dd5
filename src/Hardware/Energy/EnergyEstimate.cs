using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Prices what a simulation counted.</summary>
/// <remarks>
/// Per frame and layer, with n spikes of the layer's input each reaching f synapses (border and stride taken into account, a count of 3 being three spikes):
/// <code>
/// operations only        AC·Σ n·f  (spikes)   or   MAC·(numbers ≠ 0)·f  (input counts, sums of a depthwise convolution),   + AC a neuron worked out
/// with memory            + for each weight added: reading it, reading and writing a potential;  + reading and writing the potential of each neuron worked out
/// dense twin             MAC·(all products);  + each weight read once, each activation written once and read once for each k × k window row it is in (k times)
/// </code>
/// The twin is given what dense machines are good at: weights and partial sums stay in registers. The spiking network is not: each event finds its weights and potentials in memory.
/// A memory is as large as what the layer keeps in it, or a core's (<see cref="OperationEnergy.LargestMemoryBytes"/>), on both sides. Routing, leakage, clocks, input and output are left out on both sides.
/// Method: sums of operations as in most papers; that memory decides, and that the twin must be quantised as well: Spyx, arXiv:2409.08290.
/// </remarks>
public static class EnergyEstimate
{
    /// <summary>Prices a simulation's activity.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="activity">What its nodes did: see <see cref="AddressEventNetwork{T, TReadout}.Activity"/>.</param>
    /// <param name="frames">Over how many frames.</param>
    /// <param name="energy">What an operation costs.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no frame.</exception>
    public static EnergyReport Of(NetworkGraph graph, IReadOnlyDictionary<string, NodeActivity> activity, int frames, OperationEnergy energy)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(activity);
        ArgumentNullException.ThrowIfNull(energy);
        Guard.AtLeast(frames, 1);
        LayerEnergy[] layers = [.. graph.Nodes.Where(node => node.Operation is ConvolutionOperation or LinearOperation).Select(node => Layer(graph, node, activity, frames, energy))];
        double neurons = graph.FiringNodes.Sum(node => (double)node.Shape.Count), fired = graph.FiringNodes.Sum(node => (double)activity[node.Name].Fired);
        return new EnergyReport(layers, neurons == 0 ? 0 : fired / neurons / frames);
    }

    /// <summary>Whether a node hands on spikes, or sums of them: counts that can be added one by one.</summary>
    internal static bool CarriesSpikes(NetworkGraph graph, string node) => graph[node].Operation switch
    {
        FiringOperation or FeedbackOperation => true,
        AddOperation or NearestResizeOperation or SumPoolingOperation => graph[node].Inputs.All(input => CarriesSpikes(graph, input)),
        _ => false,
    };

    private static LayerEnergy Layer(NetworkGraph graph, GraphNode node, IReadOnlyDictionary<string, NodeActivity> activity, int frames, OperationEnergy energy)
    {
        NodeActivity did = activity[node.Name];
        FeatureShape read = graph[node.Inputs[0]].Shape;
        bool spikes = CarriesSpikes(graph, node.Inputs[0]);
        (double weights, double dense, int rereads) = node.Operation switch
        {
            ConvolutionOperation conv => (Weights(conv), (double)node.Shape.Height * node.Shape.Width * Weights(conv), conv.Kernel),
            _ => ((double)node.Shape.Count * read.Count, (double)node.Shape.Count * read.Count, 1),
        };
        GraphNode[] neurons = [.. graph.Consumers[node.Name].Where(consumer => consumer.Operation is FiringOperation or IntegratorOperation)];
        double updates = neurons.Sum(consumer => consumer.Operation is FiringOperation
            ? (double)activity[consumer.Name].NeuronUpdates / frames
            : (double)activity[consumer.Name].NeuronUpdates / frames / consumer.Inputs.Count);   // an integrator counts all of its heads together
        double operations = (spikes ? did.SerialOperations : did.SynapticOperations) / frames;
        double accumulates = spikes ? operations : 0, multiplies = spikes ? 0 : operations;

        double weightBit = energy.MemoryJoulesPerBit(weights * energy.WeightBits / 8), potentialBit = energy.MemoryJoulesPerBit((double)node.Shape.Count * energy.PotentialBits / 8);
        double activationBit = energy.MemoryJoulesPerBit((double)read.Count * energy.WeightBits / 8), madeBit = energy.MemoryJoulesPerBit((double)node.Shape.Count * energy.WeightBits / 8);
        double arithmetic = (accumulates * energy.AccumulateJoules) + (multiplies * energy.MultiplyAccumulateJoules) + (updates * energy.AccumulateJoules);
        double additions = did.SynapticOperations / (double)frames;   // a count's weight is fetched once, however often it is added
        double memory = (additions * ((energy.WeightBits * weightBit) + (2 * energy.PotentialBits * potentialBit))) + (updates * 2 * energy.PotentialBits * potentialBit);
        double twinMemory = (weights * energy.WeightBits * weightBit) + ((double)read.Count * rereads * energy.WeightBits * activationBit) + ((double)node.Shape.Count * energy.WeightBits * madeBit);
        return new LayerEnergy(node.Name)
        {
            InputDensity = (double)did.Events / frames / read.Count,
            ReadsSpikes = spikes,
            Accumulates = accumulates,
            Multiplies = multiplies,
            Dense = dense,
            NeuronUpdates = updates,
            FiringRate = neurons.FirstOrDefault(consumer => consumer.Operation is FiringOperation) is { } firing ? (double)activity[firing.Name].Fired / frames / firing.Shape.Count : null,
            WeightBytes = weights * energy.WeightBits / 8,
            JoulesOperations = arithmetic,
            JoulesWithMemory = arithmetic + memory,
            JoulesTwinOperations = dense * energy.MultiplyAccumulateJoules,
            JoulesTwin = (dense * energy.MultiplyAccumulateJoules) + twinMemory,
            JoulesOfSpikes = spikes ? arithmetic + memory : 0,
        };

        double Weights(ConvolutionOperation conv) => (double)conv.OutChannels * (read.Channels / conv.Groups) * conv.Kernel * conv.Kernel;
    }
}
