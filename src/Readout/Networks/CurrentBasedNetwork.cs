using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>Writes a fully connected network of current-based neurons as a <see cref="NetworkGraph"/>: hidden layers <c>hidden1</c>, <c>hidden2</c>, … and a leaky readout.</summary>
/// <remarks>The networks of Rossbroich, Gygax, Zenke 2022 (arXiv:2206.10226) for spiking sequences: 128 neurons a layer, no biases.</remarks>
public static class CurrentBasedNetwork
{
    /// <summary>Name of the readout's node; its potential over time is the answer.</summary>
    public const string Readout = "readout";

    /// <summary>Builds the graph.</summary>
    public static NetworkGraph Build(CurrentBasedSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        NeuronSettings neuron = NeuronSettings.CurrentBased(settings.TauSteps.Membrane, settings.TauSteps.Synapse);
        var graph = new NetworkGraphBuilder(new FeatureShape(settings.Inputs, 1, 1));
        string from = graph.Input;
        for (int i = 0; i < settings.Hidden.Count; i++)
        {
            int width = settings.Hidden[i];
            from = settings.Dale
                ? DaleLayer.Add(graph, $"hidden{i + 1}", from, width, Math.Max(1, width / 4), neuron, settings.Recurrent)
                : Layer($"hidden{i + 1}", from, width);
        }

        if (settings.Outputs > 0)
        {
            string output = graph.Linear("output", from, new LinearOperation(settings.Outputs, "output.weight", null));
            graph.LeakyIntegrate(Readout, output, settings.ReadoutTauSteps, settings.TauSteps.Synapse);
        }

        return graph.Build();

        string Layer(string name, string source, int width)
        {
            string drive = graph.Linear($"{name}.in", source, new LinearOperation(width, $"{name}.weight", null));
            if (settings.Recurrent)
            {
                string back = graph.Feedback($"{name}.back", name, new FeatureShape(width, 1, 1));
                drive = graph.Add($"{name}.drive", drive, graph.Linear($"{name}.recurrent", back, new LinearOperation(width, $"{name}.recurrent", null)));
            }

            return graph.Fire(name, drive, neuron);
        }
    }
}
