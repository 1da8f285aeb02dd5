using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Makes event-driven simulations of networks.</summary>
public static class AddressEventSimulation
{
    /// <summary>A simulation in integers of 32 bits, equal to <see cref="IntegerReference"/> to the bit.</summary>
    /// <exception cref="InvalidDataException">A sum needs more bits: use <see cref="OfWide"/>.</exception>
    public static AddressEventNetwork<int, long> Of(IntegerProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        IntegerNode? wide = program.Nodes.FirstOrDefault(node => !node.IsReadout && node.Bits > 32);
        return wide is null
            ? new(program.Graph, node => Numbers<int>(program[node.Name], neurons => new NarrowRule(neurons)))
            : throw new InvalidDataException($"Node {wide.Node.Name} needs sums of {wide.Bits} bits; quantise to fewer bits, or simulate with wide sums.");
    }

    /// <summary>The same with sums of 64 bits, for programs of many weight bits.</summary>
    public static AddressEventNetwork<long, long> OfWide(IntegerProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return new(program.Graph, node => Numbers<long>(program[node.Name], neurons => new WideRule(neurons)));
    }

    /// <summary>A simulation of the float network.</summary>
    /// <exception cref="InvalidDataException">The weights are not this graph's.</exception>
    public static AddressEventNetwork<float, float> Of(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(graph);
        NetworkWeights.Check(graph, weights, "weights");
        return new(graph, node => node.Operation switch
        {
            ConvolutionOperation conv => new() { Weights = weights[conv.Weight].Values, Bias = conv.Bias is null ? new float[conv.OutChannels] : weights[conv.Bias].Values },
            LinearOperation linear => new() { Weights = weights[linear.Weight].Values, Bias = linear.Bias is null ? new float[linear.Outputs] : weights[linear.Bias].Values },
            FiringOperation firing => new()
            {
                Rule = new FloatRule(firing.Neuron, IntegrateAndFire.Leak(firing.Neuron, firing.LeakWeight is null ? 0f : weights[firing.LeakWeight].Values[0])),
            },
            AddOperation => new() { Multipliers = [.. node.Inputs.Select(_ => Same(1f, node.Shape.Channels))] },
            IntegratorOperation integrator => new() { Gains = [.. node.Inputs.Select(_ => Same(integrator.Gain, node.Shape.Channels))] },
            LeakyIntegratorOperation leaky => new() { Leak = Leak(CubaLif.Decay(leaky.MembraneTauSteps), CubaLif.Decay(leaky.SynapticTauSteps)) },
            _ => new(),
        });

        static LeakyStep<float> Leak(float a, float b) => (float input, ref float potential, ref float current) =>
            (potential, current) = ((potential * a) + (current * (1f - a)), (current * b) + input);
    }

    private static SimulatedNode<T, long> Numbers<T>(IntegerNode node, Func<IntegerNeurons, INeuronRule<T>> rule)
        where T : struct, INumber<T> => new()
        {
            Weights = Array.ConvertAll(node.Weights, w => T.CreateChecked(w)),
            Bias = Array.ConvertAll(node.Bias, b => T.CreateChecked(b)),
            Rule = node.Neurons is null ? null : rule(node.Neurons),
            Multipliers = node.Node.Operation is AddOperation ? [.. node.Multipliers.Select(row => Array.ConvertAll(row, m => T.CreateChecked(m)))] : [],
            Gains = node.Node.Operation is IntegratorOperation ? node.Multipliers : [],
            Leak = node.LeakyReadout is { } leaky ? leaky.Step : null,
        };

    private static float[] Same(float value, int count)
    {
        var values = new float[count];
        values.AsSpan().Fill(value);
        return values;
    }
}
