using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>What a compiled network computes with: its weights, neurons and readout in floats or in integers.</summary>
internal interface IEventNumbers<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>The network.</summary>
    NetworkGraph Graph { get; }

    /// <summary>The kernels to use.</summary>
    Kernels<T> Kernels { get; }

    /// <summary>Weights of a convolution, [O, C/groups, k, k].</summary>
    T[] Weights(GraphNode convolution);

    /// <summary>What a convolution's channels start from, shape [O]; empty where that is 0.</summary>
    T[] Bias(GraphNode convolution);

    /// <summary>Whether a convolution's weights fit 8 bits.</summary>
    bool IsNarrow(GraphNode convolution);

    /// <summary>Whether all that a depthwise convolution comes to fits 16 bits, and the weights that it is multiplied by.</summary>
    bool IsShort(GraphNode depthwise);

    /// <summary>What a value of the input is.</summary>
    T Input(float value);

    /// <summary>The neurons that a convolution ends in; they add its bias.</summary>
    FiringRule<T> Neurons(GraphNode firing, GraphNode convolution);

    /// <summary>The integrator.</summary>
    /// <param name="integrator">The node.</param>
    /// <param name="biases">What each head's sums lack.</param>
    HeadReadout<T> Readout(GraphNode integrator, T[] biases);
}

/// <summary>The network in floats, as it was trained.</summary>
internal sealed class FloatNumbers(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, VectorWidth vectors) : IEventNumbers<float>
{
    public NetworkGraph Graph => graph;

    public Kernels<float> Kernels { get; } = Hardware.Kernels.Float(vectors);

    public float[] Weights(GraphNode convolution) => weights[((ConvolutionOperation)convolution.Operation).Weight].Values;

    public float[] Bias(GraphNode convolution) => ((ConvolutionOperation)convolution.Operation).Bias is { } bias ? weights[bias].Values : [];

    public bool IsNarrow(GraphNode convolution) => false;

    public bool IsShort(GraphNode depthwise) => false;

    public float Input(float value) => value;

    public FiringRule<float> Neurons(GraphNode firing, GraphNode convolution)
    {
        var operation = (FiringOperation)firing.Operation;
        return new FiringRule<float>(firing, operation.Neuron, Bias(convolution), IntegrateAndFire.Leak(operation.Neuron, operation.LeakWeight is null ? 0f : weights[operation.LeakWeight].Values[0]));
    }

    public HeadReadout<float> Readout(GraphNode integrator, float[] biases) => new FloatReadout(integrator, ((IntegratorOperation)integrator.Operation).Gain, biases);
}

/// <summary>The network in integers: an <see cref="IntegerProgram"/>, to the bit.</summary>
internal sealed class IntegerNumbers : IEventNumbers<int>
{
    private readonly IntegerProgram _program;

    /// <summary>Takes a program.</summary>
    /// <exception cref="NotSupportedException">A sum could pass 32 bits.</exception>
    public IntegerNumbers(IntegerProgram program, VectorWidth vectors)
    {
        _program = program;
        Kernels = Hardware.Kernels.Integer(vectors);
        foreach (IntegerNode node in program.Nodes.Where(node => !node.IsReadout && node.Bound.Max() >= int.MaxValue))
        {
            throw new NotSupportedException($"The event engine cannot run node {node.Node.Name} in integers: its sums need {node.Bits} bits where 32 are added. Use fewer --bits, or chip run, which adds 64.");
        }
    }

    public NetworkGraph Graph => _program.Graph;

    public Kernels<int> Kernels { get; }

    public int[] Weights(GraphNode convolution) => Array.ConvertAll(_program[convolution.Name].Weights, weight => (int)weight);

    public int[] Bias(GraphNode convolution)
    {
        long[] bias = _program[convolution.Name].Bias;
        return Array.TrueForAll(bias, b => b == 0) ? [] : Array.ConvertAll(bias, b => checked((int)b));
    }

    public bool IsNarrow(GraphNode convolution) => _program[convolution.Name].Weights.All(weight => Math.Abs((int)weight) <= sbyte.MaxValue);

    public bool IsShort(GraphNode depthwise) => _program[depthwise.Name].Bound.Max() <= short.MaxValue;

    public int Input(float value)
    {
        double rounded = Math.Round(value / _program.Settings.InputScale, MidpointRounding.ToEven);
        return double.IsNaN(rounded)
            ? throw new ArgumentException("A value of the input is not a number.", nameof(value))
            : (int)Math.Clamp(rounded, -_program.InputMaximum, _program.InputMaximum);
    }

    public FiringRule<int> Neurons(GraphNode firing, GraphNode convolution)
    {
        IntegerNeurons neurons = _program[firing.Name].Neurons!;
        long[] fromRest = neurons.FromRest, bias = _program[convolution.Name].Bias;
        long saturated = (1L << (neurons.MembraneBits - 1)) - 1;
        return new FiringRule<int>(firing, [.. fromRest.Select((sum, c) => neurons.Threshold[c] > saturated ? int.MaxValue : (int)Math.Clamp(sum - bias[c], int.MinValue, int.MaxValue))]);
    }

    public HeadReadout<int> Readout(GraphNode integrator, int[] biases)
    {
        IntegerNode node = _program[integrator.Name];
        return new IntegerReadout(integrator, [.. node.Multipliers.Select(multipliers => multipliers[0])], Array.ConvertAll(biases, b => (long)b), node.Scale[0]);
    }
}
