namespace StereoSpike.Model;

/// <summary>Adds a layer under Dale's law: a population that excites and one that inhibits, with connections of one sign.</summary>
/// <remarks>
/// The input excites both populations, inhibition reaches both one step later, and in a recurrent layer excitation too. Only the excitatory population is read by what comes next.
/// Source: stork's Dale layer (Rossbroich, Gygax, Zenke 2022, arXiv:2206.10226). Deviation: excitatory and inhibitory spikes share one synaptic time constant.
/// </remarks>
public static class DaleLayer
{
    /// <summary>Adds the layer.</summary>
    /// <param name="graph">Where.</param>
    /// <param name="name">The excitatory population's node; the inhibitory one's is <c>NAME.inhibitory</c>.</param>
    /// <param name="from">The node that excites it.</param>
    /// <param name="excitatory">Neurons of the excitatory population, at least 1.</param>
    /// <param name="inhibitory">Neurons of the inhibitory population, at least 1; a quarter of the others is usual.</param>
    /// <param name="neuron">Their constants.</param>
    /// <param name="recurrent">Whether excitation is fed back, too.</param>
    /// <returns>The excitatory population's node.</returns>
    public static string Add(NetworkGraphBuilder graph, string name, string from, int excitatory, int inhibitory, NeuronSettings neuron, bool recurrent)
    {
        ArgumentNullException.ThrowIfNull(graph);
        string inhibits = $"{name}.inhibitory";
        string backI = graph.Feedback($"{inhibits}.back", inhibits, new FeatureShape(Guard.AtLeast(inhibitory, 1), 1, 1));
        string? backE = recurrent ? graph.Feedback($"{name}.back", name, new FeatureShape(Guard.AtLeast(excitatory, 1), 1, 1)) : null;
        Population(inhibits, inhibitory);
        return Population(name, Guard.AtLeast(excitatory, 1));

        string Population(string population, int neurons)
        {
            string sum = graph.Add(
                $"{population}.balance",
                Synapses(population, "in", from, neurons, SynapseSign.Excitatory),
                Synapses(population, "inhibition", backI, neurons, SynapseSign.Inhibitory));
            return graph.Fire(population, backE is null ? sum : graph.Add($"{population}.drive", sum, Synapses(population, "excitation", backE, neurons, SynapseSign.Excitatory)), neuron);
        }

        string Synapses(string population, string kind, string source, int neurons, SynapseSign sign) =>
            graph.Linear($"{population}.{kind}", source, new LinearOperation(neurons, $"{population}.{kind}.weight", null) { Sign = sign });
    }
}
