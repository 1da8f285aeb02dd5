namespace StereoSpike.Model;

/// <summary>PyTorch's default start: every weight and bias uniform in ±1/√fan-in, a PLIF layer's w at its time constant.</summary>
/// <remarks>Alone it leaves a deep spiking network silent; follow it with <see cref="RateScaling"/>.
/// Source: the default of torch.nn.Conv2d and Linear (He et al., ICCV 2015, with a = √5).</remarks>
public static class UniformInitialization
{
    /// <summary>Draws all tensors of a network.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="seed">Seed; the same seed gives the same weights everywhere.</param>
    public static IReadOnlyDictionary<string, WeightTensor> Draw(NetworkGraph graph, int seed)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var random = new Random(seed);
        var weights = new Dictionary<string, WeightTensor>();
        int fanIn = 1;
        foreach (GraphParameter parameter in graph.Parameters)
        {
            fanIn = parameter.FanIn > 0 ? parameter.FanIn : fanIn;   // a bias follows its weight
            bool isLeak = graph[parameter.Node].Operation is FiringOperation;
            float[] values = graph[parameter.Node].Operation is BatchNormOperation
                ? Filled(parameter, parameter.Name.EndsWith(".scale", StringComparison.Ordinal) || parameter.Name.EndsWith(".variance", StringComparison.Ordinal) ? 1f : 0f)
                : isLeak ? [IntegrateAndFire.WeightOfTau(((FiringOperation)graph[parameter.Node].Operation).Neuron.TauSteps)]
                : Uniform(random, parameter.Count, 1f / MathF.Sqrt(fanIn));
            weights.Add(parameter.Name, new WeightTensor(parameter.Shape, values));
        }

        return weights;
    }

    private static float[] Filled(GraphParameter parameter, float value)
    {
        var values = new float[parameter.Count];
        Array.Fill(values, value);
        return values;
    }

    private static float[] Uniform(Random random, int count, float bound)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = ((2f * random.NextSingle()) - 1f) * bound;
        }

        return values;
    }
}
