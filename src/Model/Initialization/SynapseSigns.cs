using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>Keeps the weights of one-signed connections of their sign.</summary>
public static class SynapseSigns
{
    /// <summary>Sets weights that crossed 0 to 0; call it after each step of an optimiser.</summary>
    public static void Clamp(GraphModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        using IDisposable noGradient = no_grad();
        foreach (GraphNode node in module.Graph.Nodes)
        {
            SynapseSign sign = node.Operation switch
            {
                LinearOperation linear => linear.Sign,
                ConvolutionOperation conv => conv.Sign,
                _ => SynapseSign.Any,
            };
            if (sign == SynapseSign.Excitatory)
            {
                module.Tensors[Afferent.TensorsOf(node).Weight].clamp_min_(0f);
            }
            else if (sign == SynapseSign.Inhibitory)
            {
                module.Tensors[Afferent.TensorsOf(node).Weight].clamp_max_(0f);
            }
        }
    }
}
