using CsCheck;
using StereoSpike.Model;

namespace StereoSpike.Hardware.Tests;

/// <summary>Networks of every kind that the event engine compiles, small and odd: other kernels, strides, paddings and resizes than StereoSpike's, and every neuron.</summary>
internal static class FusableGraphs
{
    public static Gen<(NetworkGraph Graph, Dictionary<string, WeightTensor> Weights, float[] Input)> All { get; } = Gen.Int[1, int.MaxValue].Select(Make);

    private static (NetworkGraph, Dictionary<string, WeightTensor>, float[]) Make(int seed)
    {
        var random = new Random(seed);
        var input = new FeatureShape(random.Next(1, 7), random.Next(4, 22), random.Next(4, 40));
        var builder = new NetworkGraphBuilder(input);
        string last = random.Next(3) == 0 ? builder.SumPooling("pool", builder.Input, 2) : builder.Input;
        var fired = new List<string>();
        for (int i = 0, layers = random.Next(1, 5); i < layers; i++)
        {
            last = builder.Fire($"fire{i}", Convolution(builder, random, $"conv{i}", last, random.Next(1, 50)), Neuron(random));
            if (fired.FirstOrDefault(node => builder.Shape(node) == builder.Shape(last)) is { } other)
            {
                last = builder.Add($"add{i}", last, other);
            }

            fired.Add(last);
        }

        (int height, int width) = (random.Next(3, 30), random.Next(3, 50));
        string[] heads = [.. fired.Take(3).Select((node, i) => Head(builder, random, $"head{i}", node, height, width))];
        builder.Integrate("depth", heads, gain: 0.5f + random.NextSingle());
        NetworkGraph graph = builder.Build();
        Dictionary<string, WeightTensor> weights = graph.Parameters.ToDictionary(
            parameter => parameter.Name, parameter => new WeightTensor(parameter.Shape, [.. Enumerable.Range(0, parameter.Count).Select(_ => Weight(random, parameter.FanIn))]));
        double share = random.NextDouble();   // from nearly nothing to every pixel
        return (graph, weights, [.. Enumerable.Range(0, input.Count).Select(_ => random.NextDouble() < share ? random.Next(1, 4) * (random.Next(4) == 0 ? 0.37f : 1f) : 0f)]);
    }

    private static string Convolution(NetworkGraphBuilder builder, Random random, string name, string from, int outputs)
    {
        int kernel = random.Next(1, 8), stride = 1, padding = random.Next(0, (kernel / 2) + 1);
        FeatureShape shape = builder.Shape(from);
        if (random.Next(2) == 0)
        {
            from = builder.NearestResize($"{name}.resize", from, random.Next(kernel, (3 * shape.Height) + kernel), random.Next(kernel, (3 * shape.Width) + kernel));
            padding = random.Next(3) == 0 ? padding : 0;
        }
        else
        {
            kernel = Math.Min(kernel, Math.Min(shape.Height, shape.Width));
            stride = random.Next(1, 4);
        }

        int channels = shape.Channels;
        bool biased = random.Next(3) == 0;
        if (random.Next(2) == 0)
        {
            return builder.Convolution(name, from, new ConvolutionOperation(outputs, kernel, stride, padding, 1, $"{name}.weight", biased ? $"{name}.bias" : null));
        }

        string depthwise = builder.Convolution(
            $"{name}.depthwise", from, new ConvolutionOperation(channels, kernel, stride, padding, channels, $"{name}.depthwise", biased ? $"{name}.depthwise_bias" : null));
        return builder.Convolution($"{name}.pointwise", depthwise, new ConvolutionOperation(outputs, 1, 1, 0, 1, $"{name}.pointwise", biased ? $"{name}.bias" : null));
    }

    private static string Head(NetworkGraphBuilder builder, Random random, string name, string from, int height, int width)
    {
        int kernel = random.Next(1, 8), channels = builder.Shape(from).Channels;
        string resized = builder.NearestResize($"{name}.resize", from, height + kernel - 1, width + kernel - 1);
        if (random.Next(2) == 0)
        {
            return builder.Convolution(name, resized, new ConvolutionOperation(1, kernel, 1, 0, 1, $"{name}.weight", $"{name}.bias"));
        }

        string depthwise = builder.Convolution($"{name}.depthwise", resized, new ConvolutionOperation(channels, kernel, 1, 0, channels, $"{name}.depthwise", $"{name}.depthwise_bias"));
        return builder.Convolution(name, depthwise, new ConvolutionOperation(1, 1, 1, 0, 1, $"{name}.pointwise", $"{name}.bias"));
    }

    private static NeuronSettings Neuron(Random random) => new()
    {
        Kind = (NeuronKind)random.Next(3),
        InputGain = random.Next(2) == 0 ? 1f : 3f,
        Threshold = 0.3f + random.NextSingle(),
        ResetPotential = random.Next(2) == 0 ? 0f : -0.25f,
        TauSteps = 1f + random.NextSingle(),
        FiresAtEquality = random.Next(2) == 0,
    };

    private static float Weight(Random random, int fanIn) => ((2f * random.NextSingle()) - 1f) * 3f / MathF.Sqrt(Math.Max(1, fanIn));
}
