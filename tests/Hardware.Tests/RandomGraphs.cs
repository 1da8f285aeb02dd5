using CsCheck;
using StereoSpike.Model;

namespace StereoSpike.Hardware.Tests;

/// <summary>Small networks of every operation in any sensible order, with weights and inputs.</summary>
internal static class RandomGraphs
{
    /// <summary>A network, its weights, and an input of small counts for each of a few steps.</summary>
    public sealed record Case(NetworkGraph Graph, IReadOnlyDictionary<string, WeightTensor> Weights, float[][] Steps)
    {
        public override string ToString() => string.Join(
            Environment.NewLine, Graph.Nodes.Select(node => $"{node.Name} {node.Operation} <- {string.Join(", ", node.Inputs)} {node.Shape}"));
    }

    /// <summary>Cases of any number of steps, 1 to <paramref name="steps"/>. Where there may be several, neurons are of any kind, layers recurrent, and readouts leaky.</summary>
    public static Gen<Case> Cases(int steps = 1) => Gen.Int[0, int.MaxValue - 1].Select(seed => Draw(new Random(seed), steps));

    private static Case Draw(Random random, int steps)
    {
        var shape = new FeatureShape(random.Next(1, 4), random.Next(4, 10), random.Next(4, 10));
        var builder = new NetworkGraphBuilder(shape);
        string at = builder.Input;
        var heads = new List<string>();
        int layers = random.Next(1, 5);
        for (int i = 0; i < layers; i++)
        {
            at = steps > 1 && random.Next(3) == 0 ? Recurrent(random, builder, at, $"layer{i}") : Layer(random, builder, at, $"layer{i}", steps > 1);
            if (random.Next(2) == 0)
            {
                heads.Add(Head(random, builder, at, $"head{i}", shape));
            }
        }

        if (heads.Count > 0)
        {
            builder.Integrate("readout", heads, random.Next(2) == 0 ? 1f : 10f);
        }

        if (heads.Count == 0 || random.Next(2) == 0)
        {
            string classes = builder.Linear("classes", at, new LinearOperation(random.Next(1, 5), "classes.weight", random.Next(2) == 0 ? "classes.bias" : null));
            if (steps > 1 && random.Next(2) == 0)
            {
                builder.LeakyIntegrate("leaky", classes, 1f + (9f * random.NextSingle()), 1f + (4f * random.NextSingle()));
            }
        }

        NetworkGraph graph = builder.Build();
        float strength = 1f + (3f * random.NextSingle());
        var weights = UniformInitialization.Draw(graph, random.Next()).ToDictionary(
            pair => pair.Key, pair => new WeightTensor(pair.Value.Shape, Array.ConvertAll(pair.Value.Values, w => w * strength)));
        float density = random.NextSingle();
        var inputs = new float[random.Next(1, steps + 1)][];
        for (int t = 0; t < inputs.Length; t++)
        {
            inputs[t] = [.. Enumerable.Range(0, shape.Count).Select(_ => random.NextSingle() < density ? random.Next(1, 4) : 0f)];
        }

        return new Case(graph, weights, inputs);
    }

    /// <summary>Weights of one of several sorts, then neurons, then sometimes a sum with what came before.</summary>
    private static string Layer(Random random, NetworkGraphBuilder builder, string from, string name, bool sequence)
    {
        FeatureShape before = builder.Shape(from);
        int width = random.Next(1, 5), kernel = 1 + (2 * random.Next(0, 3)), stride = random.Next(1, 3);
        bool bias = random.Next(3) == 0;
        string summed = random.Next(6) switch
        {
            0 => Depthwise(from, stride, kernel / 2),
            1 => builder.Convolution($"{name}.conv", Resized(), new ConvolutionOperation(width, kernel, 1, 0, 1, $"{name}.weight", Bias())),
            2 => Depthwise(Resized(), 1, 0),
            3 => builder.Convolution($"{name}.conv", builder.SumPooling($"{name}.pool", from, 2), Same()),
            4 => builder.Add(
                $"{name}.sum", builder.Convolution($"{name}.conv", from, Same()), builder.Convolution($"{name}.other", from, Same() with { Weight = $"{name}.other", Bias = null })),
            _ => builder.Convolution($"{name}.conv", from, new ConvolutionOperation(width, kernel, stride, kernel / 2, 1, $"{name}.weight", Bias())),
        };
        string fired = builder.Fire($"{name}.fire", summed, Neurons(random, sequence));
        return builder.Shape(fired) == before && from != builder.Input && random.Next(2) == 0 ? builder.Add($"{name}.add", fired, from) : fired;

        string? Bias() => bias ? $"{name}.bias" : null;

        ConvolutionOperation Same() => new(width, kernel, 1, kernel / 2, 1, $"{name}.weight", Bias());

        string Resized() => builder.NearestResize($"{name}.resize", from, (before.Height * random.Next(1, 3)) + kernel, (before.Width * random.Next(1, 3)) + kernel);

        string Depthwise(string read, int step, int padding) => builder.Convolution(
            $"{name}.pointwise",
            builder.Convolution($"{name}.depthwise", read, new ConvolutionOperation(before.Channels, kernel, step, padding, before.Channels, $"{name}.depthwise", bias ? $"{name}.depthwise_bias" : null)),
            new ConvolutionOperation(width, 1, 1, 0, 1, $"{name}.pointwise", Bias()));
    }

    /// <summary>Neurons that read their own last spikes through weights.</summary>
    private static string Recurrent(Random random, NetworkGraphBuilder builder, string from, string name)
    {
        FeatureShape shape = builder.Shape(from);
        string back = builder.Feedback($"{name}.back", $"{name}.fire", shape);
        string own = builder.Convolution($"{name}.own", back, new ConvolutionOperation(shape.Channels, 3, 1, 1, 1, $"{name}.own_weight", null));
        string sum = builder.Add($"{name}.sum", builder.Convolution($"{name}.conv", from, new ConvolutionOperation(shape.Channels, 3, 1, 1, 1, $"{name}.weight", null)), own);
        return builder.Fire($"{name}.fire", sum, Neurons(random, sequence: true));
    }

    private static string Head(Random random, NetworkGraphBuilder builder, string from, string name, FeatureShape size)
    {
        string resized = builder.NearestResize($"{name}.resize", from, size.Height + 2, size.Width + 2);
        return builder.Convolution(name, resized, new ConvolutionOperation(1, 3, 1, 0, 1, $"{name}.weight", random.Next(2) == 0 ? $"{name}.bias" : null));
    }

    /// <summary>Neurons of any kind that answers in its first step, or of any at all.</summary>
    private static NeuronSettings Neurons(Random random, bool sequence) => new()
    {
        Kind = (NeuronKind)random.Next(sequence ? 4 : 3),
        InputGain = random.Next(2) == 0 ? 1f : 10f,
        TauSteps = 1.5f + (3f * random.NextSingle()),
        Reset = (ResetKind)random.Next(sequence ? 3 : 2),
        SynapticTauSteps = 1f + (3f * random.NextSingle()),
        FiresAtEquality = random.Next(2) == 0,
        ResetPotential = random.Next(3) == 0 ? -0.25f : 0f,
    };
}
