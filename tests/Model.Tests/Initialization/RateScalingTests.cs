using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Initialization;

[Collection(nameof(OneTorchThread))]
public class RateScalingTests
{
    private static readonly string[] Layers = ["a", "b", "c", "d"];

    [Fact]
    public void Without_scaling_sparse_events_leave_the_deep_layers_silent()
    {
        NetworkGraph graph = Deep(new NeuronSettings());
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, seed: 1));
        using Tensor events = SparseEvents();

        IReadOnlyDictionary<string, double> rates = Rates(module, events);

        Assert.Equal((0.0, 0.0), (rates["c"], rates["d"]));
    }

    [Theory]
    [InlineData(NeuronKind.If, 1f)]
    [InlineData(NeuronKind.Lif, 1f)]
    [InlineData(NeuronKind.Plif, 10f)]
    public void After_scaling_every_layer_fires_at_the_wanted_rate_on_that_batch(NeuronKind kind, float gain)
    {
        NetworkGraph graph = Deep(new NeuronSettings { Kind = kind, InputGain = gain, TauSteps = 3f });
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, seed: 1));
        using Tensor events = SparseEvents();

        IReadOnlyDictionary<string, float> factors = RateScaling.Apply(module, events, layer => layer == "a" ? 0.05f : 0.1f);

        Assert.Equal(Layers, factors.Keys);
        IReadOnlyDictionary<string, double> rates = Rates(module, events);
        Assert.Equal(0.05, rates["a"], 0.005);   // equal sums, and rounding at the threshold, move a few neurons
        Assert.All(Layers[1..], layer => Assert.Equal(0.1, rates[layer], 0.01));
    }

    [Fact]
    public void A_batch_without_events_is_refused_by_the_layers_name()
    {
        NetworkGraph graph = Deep(new NeuronSettings());
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, seed: 1));
        using Tensor silence = zeros(1, 2, 32, 40);

        var error = Assert.Throws<InvalidDataException>(() => RateScaling.Apply(module, silence, _ => 0.1f));

        Assert.StartsWith("Layer a cannot be scaled to fire at 10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_start_is_uniform_within_one_over_the_root_of_the_fan_in_and_follows_the_seed()
    {
        NetworkGraph graph = Deep(new NeuronSettings { Kind = NeuronKind.Plif, TauSteps = 3f });

        IReadOnlyDictionary<string, WeightTensor> drawn = UniformInitialization.Draw(graph, seed: 5), again = UniformInitialization.Draw(graph, seed: 5);

        // b sums 8·5·5 = 200 inputs: ±0.0707. 1,600 uniform draws reach 95 % of the bound with near certainty.
        float[] b = drawn["b.weight"].Values;
        Assert.InRange(b.Max(MathF.Abs), 0.95 / Math.Sqrt(200), 1 / Math.Sqrt(200));
        Assert.Equal(-Math.Log(2), drawn["b.w"].Values[0], 1e-6);   // σ(w) = 1/3
        Assert.All(drawn, pair => Assert.Equal(pair.Value.Values, again[pair.Key].Values));
        Assert.NotEqual(b, UniformInitialization.Draw(graph, seed: 6)["b.weight"].Values);
    }

    private static NetworkGraph Deep(NeuronSettings neuron)
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 32, 40));
        string from = builder.Input;
        foreach (string layer in Layers)
        {
            from = builder.Fire(layer, builder.Convolution($"{layer}.conv", from, new ConvolutionOperation(8, 5, 1, 2, 1, $"{layer}.weight", null)), neuron);
        }

        return builder.Build();
    }

    /// <summary>2 % of pixels with one event each.</summary>
    private static Tensor SparseEvents()
    {
        using DisposeScope scope = NewDisposeScope();
        return rand([2, 2, 32, 40], generator: new Generator(7)).lt(0.02f).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private static IReadOnlyDictionary<string, double> Rates(GraphModule module, Tensor input)
    {
        var rates = new FiringRates(module.Graph);
        using GraphRun run = module.Run(input);
        rates.Add(run);
        return rates.ByLayer;
    }
}
