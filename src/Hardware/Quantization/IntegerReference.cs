using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Runs an <see cref="IntegerProgram"/> in the plainest way, every sum in full: what every other engine must equal bit for bit. Never made faster.</summary>
public sealed class IntegerReference
{
    private readonly IntegerProgram _program;
    private readonly Dictionary<string, long[]> _values;
    private readonly Dictionary<string, int[]> _potentials;
    private readonly Dictionary<string, int[]> _currents;
    private readonly Dictionary<string, (long[] Potentials, long[] Currents)> _leaky;
    private readonly Dictionary<string, long[][]> _readouts;

    /// <summary>Allocates the network's values; all neurons are at rest.</summary>
    public IntegerReference(IntegerProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        _program = program;
        _values = program.Nodes.ToDictionary(node => node.Node.Name, node => new long[node.Node.Shape.Count]);
        _potentials = program.Nodes.Where(node => node.Neurons is not null).ToDictionary(node => node.Node.Name, node => new int[node.Node.Shape.Count]);
        _currents = _potentials.ToDictionary(pair => pair.Key, pair => new int[pair.Value.Length]);
        _leaky = program.Nodes.Where(node => node.LeakyReadout is not null).ToDictionary(node => node.Node.Name, node => (new long[node.Node.Shape.Count], new long[node.Node.Shape.Count]));
        _readouts = program.Nodes.Where(node => node.IsReadout)
            .ToDictionary(node => node.Node.Name, node => node.Node.Inputs.Select(_ => new long[node.Node.Shape.Count]).ToArray());
    }

    /// <summary>Puts all neurons and integrators back to rest.</summary>
    public void Rest()
    {
        foreach (Array state in (IEnumerable<Array>)[.. _potentials.Values, .. _currents.Values, .. _leaky.Values.Select(state => state.Potentials), .. _leaky.Values.Select(state => state.Currents)])
        {
            Array.Clear(state);
        }

        foreach (long[] values in _values.Values)   // integrators, and what is fed back
        {
            Array.Clear(values);
        }
    }

    /// <summary>Runs one step.</summary>
    /// <param name="input">Integers, shape [C,H,W]: see <see cref="IntegerProgram.QuantizeInput"/>.</param>
    public void Step(ReadOnlySpan<int> input)
    {
        Guard.Length(input.Length, _program.Graph.Input.Shape.Count, nameof(input));
        long[] first = _values[_program.Graph.Input.Name];
        for (int i = 0; i < input.Length; i++)
        {
            first[i] = input[i];
        }

        foreach (IntegerNode node in _program.Nodes.Skip(1))
        {
            Evaluate(node, _values[node.Node.Name]);
        }
    }

    /// <summary>What a node made in the last step, shape [C,H,W]: spikes, sums, or a readout's potential.</summary>
    public ReadOnlySpan<long> Values(string node) => _values[_program.Graph[node].Name];

    /// <summary>Membrane potentials of a firing node after the last step, shape [C,H,W].</summary>
    public ReadOnlySpan<int> Potentials(string node) => _potentials[node];

    /// <summary>A readout's potential after each of its inputs in the last step, in real units, each of shape [C,H,W].</summary>
    public IReadOnlyList<float[]> Readouts(string integrator)
    {
        IntegerNode node = _program[integrator];
        int pixels = node.Node.Shape.Height * node.Node.Shape.Width;
        return [.. _readouts[integrator].Select(values => values.Select((value, i) => (float)(value * node.Scale[i / pixels])).ToArray())];
    }

    private void Evaluate(IntegerNode node, long[] output)
    {
        string source = node.Node.Operation is FeedbackOperation feedback ? feedback.Source : node.Node.Inputs[0];
        FeatureShape made = node.Node.Shape, read = _program.Graph[source].Shape;
        long[] input = _values[source];
        switch (node.Node.Operation)
        {
            case ConvolutionOperation conv:
                Convolve(conv, node, input, read, output, made);
                break;
            case LinearOperation:
                for (int k = 0; k < made.Channels; k++)
                {
                    output[k] = node.Bias[k] + input.Select((x, i) => node.Weights[(k * input.Length) + i] * x).Sum();
                }

                break;
            case NearestResizeOperation:
                ForEach(made, (c, y, x) => output[made.Index(c, y, x)] = input[read.Index(c, NearestResize.Source(y, read.Height, made.Height), NearestResize.Source(x, read.Width, made.Width))]);
                break;
            case SumPoolingOperation pooling:
                Array.Clear(output);
                ForEach(read, (c, y, x) => output[made.Index(c, y / pooling.Size, x / pooling.Size)] += input[read.Index(c, y, x)]);
                break;
            case FeedbackOperation:   // its source comes later, so this is what it made in the last step
                input.CopyTo(output, 0);
                break;
            case AddOperation:
                Array.Clear(output);
                AddInputs(node, output, made, static (_, _) => { });
                break;
            case IntegratorOperation:
                AddInputs(node, output, made, (i, sums) => sums.CopyTo(_readouts[node.Node.Name][i], 0));
                break;
            case FiringOperation:
                (int[] potential, int[] current) = (_potentials[node.Node.Name], _currents[node.Node.Name]);
                ForEach(made, (c, y, x) =>
                {
                    int i = made.Index(c, y, x);
                    output[i] = node.Neurons!.Step(c, input[i], ref potential[i], ref current[i]) ? 1 : 0;
                });
                break;
            case LeakyIntegratorOperation:
                (long[] leaking, long[] currents) = _leaky[node.Node.Name];
                leaking.CopyTo(output, 0);
                output.CopyTo(_readouts[node.Node.Name][0], 0);
                for (int i = 0; i < output.Length; i++)
                {
                    node.LeakyReadout!.Step(input[i], ref leaking[i], ref currents[i]);
                }

                break;
        }
    }

    private static void Convolve(ConvolutionOperation conv, IntegerNode node, long[] input, FeatureShape read, long[] output, FeatureShape made)
    {
        int channels = read.Channels / conv.Groups;
        ForEach(made, (o, y, x) =>
        {
            int firstChannel = o / (made.Channels / conv.Groups) * channels, weight = o * channels * conv.Kernel * conv.Kernel;
            long sum = node.Bias[o];
            for (int c = 0; c < channels; c++)
            {
                for (int i = 0; i < conv.Kernel; i++)
                {
                    for (int j = 0; j < conv.Kernel; j++, weight++)
                    {
                        int row = (y * conv.Stride) - conv.Padding + i, column = (x * conv.Stride) - conv.Padding + j;
                        if (row >= 0 && row < read.Height && column >= 0 && column < read.Width)
                        {
                            sum += node.Weights[weight] * input[read.Index(firstChannel + c, row, column)];
                        }
                    }
                }
            }

            output[made.Index(o, y, x)] = sum;
        });
    }

    private void AddInputs(IntegerNode node, long[] output, FeatureShape made, Action<int, long[]> afterInput)
    {
        for (int i = 0; i < node.Node.Inputs.Count; i++)
        {
            long[] added = _values[node.Node.Inputs[i]], multipliers = node.Multipliers[i];
            ForEach(made, (c, y, x) => output[made.Index(c, y, x)] += multipliers[c] * added[made.Index(c, y, x)]);
            afterInput(i, output);
        }
    }

    private static void ForEach(FeatureShape shape, Action<int, int, int> body)
    {
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int y = 0; y < shape.Height; y++)
            {
                for (int x = 0; x < shape.Width; x++)
                {
                    body(c, y, x);
                }
            }
        }
    }
}
