using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A node of an <see cref="IntegerProgram"/>: a graph's node and its integers.</summary>
/// <param name="Node">The graph's node: its operation, inputs and shape.</param>
public sealed record IntegerNode(GraphNode Node)
{
    /// <summary>Weights of a convolution [Out, In/Groups, k, k] or a linear layer [K, C·H·W]; empty for others.</summary>
    public short[] Weights { get; init; } = [];

    /// <summary>What each output channel starts from, in the node's units; all 0 without a bias; empty for nodes without weights.</summary>
    public long[] Bias { get; init; } = [];

    /// <summary>The neurons of a firing node; null for others.</summary>
    public IntegerNeurons? Neurons { get; init; }

    /// <summary>The constants of a leaky readout; null for others.</summary>
    public IntegerLeakyReadout? LeakyReadout { get; init; }

    /// <summary>Whether the node is a readout, which adds in 64 bits and which nothing may follow.</summary>
    public bool IsReadout => Node.Operation is IntegratorOperation or LeakyIntegratorOperation;

    /// <summary>What each input is multiplied by in an add or integrator node, shape [inputs][C]; all 1 for sums of spikes. Empty for others.</summary>
    public long[][] Multipliers { get; init; } = [];

    /// <summary>What one unit stands for, shape [C]: real value = scale · integer. 1 for spikes and their sums.</summary>
    public required double[] Scale { get; init; }

    /// <summary>What no value of the node ever exceeds in one step, whatever the input, shape [C]. An integrator's is that of one step.</summary>
    public required long[] Bound { get; init; }

    /// <summary>Bits, with the sign, that hold every value and every partial sum of the node in one step.</summary>
    public int Bits => 65 - (int)long.LeadingZeroCount(Bound.Max());
}
