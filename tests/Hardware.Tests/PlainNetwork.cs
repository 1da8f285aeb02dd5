using StereoSpike.Model;

namespace StereoSpike.Hardware.Tests;

/// <summary>A network worked out sum by sum in double precision, one step from rest: an answer that shares no code with any engine.</summary>
internal sealed class PlainNetwork(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights)
{
    /// <summary>Values of every node, shape [C,H,W].</summary>
    public Dictionary<string, double[]> Values { get; } = [];

    /// <summary>Charged potentials of every firing node.</summary>
    public Dictionary<string, double[]> Charged { get; } = [];

    /// <summary>An integrator's potential after each input.</summary>
    public Dictionary<string, List<double[]>> Readouts { get; } = [];

    /// <summary>Runs one step; a layer's spikes may be replaced by an engine's, to go on from the same spikes.</summary>
    public PlainNetwork Run(float[] input, Func<string, float[]>? spikesOf = null)
    {
        Values[graph.Input.Name] = Array.ConvertAll(input, x => (double)x);
        foreach (GraphNode node in graph.Nodes.Skip(1))
        {
            double[] x = Values[node.Inputs[0]];
            Values[node.Name] = node.Operation switch
            {
                ConvolutionOperation conv => Convolve(conv, x, graph[node.Inputs[0]].Shape, node.Shape),
                LinearOperation linear => Linear(linear, x),
                NearestResizeOperation => Map(node.Shape, (c, row, column) =>
                {
                    FeatureShape from = graph[node.Inputs[0]].Shape;
                    return At(x, from, c, row * from.Height / node.Shape.Height, column * from.Width / node.Shape.Width);
                }),
                SumPoolingOperation pooling => Map(node.Shape, (c, row, column) => Block(x, graph[node.Inputs[0]].Shape, c, row * pooling.Size, column * pooling.Size, pooling.Size)),
                AddOperation => [.. x.Zip(Values[node.Inputs[1]], (a, b) => a + b)],
                FiringOperation firing => Fire(node.Name, firing, x),
                IntegratorOperation integrator => Integrate(node, integrator),
                _ => throw new NotSupportedException(),
            };
            if (node.Operation is FiringOperation && spikesOf is not null)
            {
                Values[node.Name] = Array.ConvertAll(spikesOf(node.Name), s => (double)s);
            }
        }

        return this;
    }

    /// <summary>Asserts that an engine's spikes are these, but where a potential is within float rounding of its threshold.</summary>
    public void AssertSpikes(string name, float[] found, double tolerance)
    {
        var neuron = ((FiringOperation)graph[name].Operation).Neuron;
        double largest = Math.Max(1, Charged[name].Max(Math.Abs));
        for (int i = 0; i < found.Length; i++)
        {
            double h = Charged[name][i];
            bool fires = h > neuron.Threshold || (neuron.FiresAtEquality && h == neuron.Threshold);
            Assert.True(found[i] == (fires ? 1 : 0) || Math.Abs(h - neuron.Threshold) < tolerance * largest, $"{name}[{i}]: potential {h}, spike {found[i]}");
        }
    }

    private double[] Fire(string name, FiringOperation firing, double[] x)
    {
        NeuronSettings n = firing.Neuron;
        double leak = n.Kind switch { NeuronKind.If => 1, NeuronKind.Lif => 1.0 / n.TauSteps, _ => 1 / (1 + Math.Exp(-weights[firing.LeakWeight!].Values[0])) };
        Charged[name] = Array.ConvertAll(x, current => n.ResetPotential + (leak * n.InputGain * current));
        return Array.ConvertAll(Charged[name], h => h > n.Threshold || (n.FiresAtEquality && h == n.Threshold) ? 1.0 : 0.0);
    }

    private double[] Integrate(GraphNode node, IntegratorOperation integrator)
    {
        var sum = new double[node.Shape.Count];
        Readouts[node.Name] = [];
        foreach (string input in node.Inputs)
        {
            sum = [.. sum.Zip(Values[input], (a, b) => a + (integrator.Gain * b))];
            Readouts[node.Name].Add(sum);
        }

        return sum;
    }

    private double[] Convolve(ConvolutionOperation conv, double[] x, FeatureShape from, FeatureShape to)
    {
        float[] w = weights[conv.Weight].Values;
        float[]? bias = conv.Bias is null ? null : weights[conv.Bias].Values;
        int inGroup = from.Channels / conv.Groups, outGroup = to.Channels / conv.Groups, k = conv.Kernel;
        return Map(to, (o, row, column) =>
        {
            double sum = bias?[o] ?? 0;
            for (int c = 0; c < inGroup; c++)
            {
                for (int i = 0; i < k; i++)
                {
                    for (int j = 0; j < k; j++)
                    {
                        sum += w[(((((o * inGroup) + c) * k) + i) * k) + j] * At(x, from, (o / outGroup * inGroup) + c, (row * conv.Stride) - conv.Padding + i, (column * conv.Stride) - conv.Padding + j);
                    }
                }
            }

            return sum;
        });
    }

    private double[] Linear(LinearOperation linear, double[] x)
    {
        float[] w = weights[linear.Weight].Values;
        return [.. Enumerable.Range(0, linear.Outputs).Select(k => (linear.Bias is null ? 0.0 : weights[linear.Bias].Values[k]) + x.Select((value, i) => value * w[(k * x.Length) + i]).Sum())];
    }

    private static double Block(double[] x, FeatureShape shape, int c, int top, int left, int size)
    {
        double sum = 0;
        for (int i = 0; i < size * size; i++)
        {
            sum += At(x, shape, c, top + (i / size), left + (i % size));
        }

        return sum;
    }

    private static double At(double[] x, FeatureShape shape, int c, int row, int column) =>
        row >= 0 && row < shape.Height && column >= 0 && column < shape.Width ? x[(((c * shape.Height) + row) * shape.Width) + column] : 0;

    private static double[] Map(FeatureShape shape, Func<int, int, int, double> value)
    {
        var made = new double[shape.Count];
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = value(i / (shape.Height * shape.Width), i / shape.Width % shape.Height, i % shape.Width);
        }

        return made;
    }
}
